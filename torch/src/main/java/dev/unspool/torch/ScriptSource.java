// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import dev.unspool.program.UniqueNames;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Lines of TorchScript as they are written, and the arrays that they name. */
final class ScriptSource {
  /** The compiler knows types by their numbers. */
  static final int FLOAT = ScalarType.Float.value;

  static final int LONG = ScalarType.Long.value;

  private static final String INDENTATION = "    ";

  /** Words that Python has for itself. */
  private static final Set<String> WORDS =
      Set.of(
          ("and as assert async await break class continue def del elif else except finally False for"
                  + " from global if import in is lambda None nonlocal not or pass raise return True"
                  + " try while with yield")
              .split(" "));

  /**
   * An array of the module.
   *
   * @param values row-major
   * @param shape its extents
   * @param trained whether it is a parameter of the model, as it is
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Constant(float[] values, long[] shape, boolean trained) {}

  private final UniqueNames locals = new UniqueNames();
  private final UniqueNames attributes = new UniqueNames();
  private final Map<String, Constant> constants = new LinkedHashMap<>();
  private final StringBuilder lines = new StringBuilder();
  private String indentation = INDENTATION;

  ScriptSource() {
    List.of("self", "torch", "int", "range", "lanes").forEach(locals::fresh);
    List.of("forward", "initial", "training").forEach(attributes::fresh);
  }

  /** What has been written, a line each. */
  String lines() {
    return lines.toString();
  }

  /** Arrays by their names in the module. */
  Map<String, Constant> constants() {
    return Collections.unmodifiableMap(constants);
  }

  /** A variable of this name, or one that is much like it. */
  String local(String name) {
    return locals.fresh(identifier(name));
  }

  /** An array of the module, called by this name or one that is much like it. */
  String attribute(String name, Constant constant) {
    String unique = attributes.fresh(identifier(name));
    constants.put(unique, constant);
    return "self." + unique;
  }

  /** Letters, digits and underscores, and no word that Python has for itself. */
  private static String identifier(String name) {
    String plain = name.replaceAll("[^A-Za-z0-9_]", "_");
    return WORDS.contains(plain) || !plain.matches("[A-Za-z_].*") ? "_" + plain : plain;
  }

  /** Adds a line that gives a value to a variable. */
  String assign(String expression) {
    String name = locals.fresh("t");
    line("%s = %s".formatted(name, expression));
    return name;
  }

  /** Adds a line. */
  void line(String text) {
    lines.append(indentation).append(text).append('\n');
  }

  /** Says the lines that {@code body} writes, inside of what {@code head} opens before them. */
  void block(Runnable body, Runnable head) {
    int before = lines.length();
    String outer = indentation;
    indentation = outer + INDENTATION;
    body.run();
    indentation = outer;
    String inner = lines.substring(before);
    lines.setLength(before);
    head.run();
    lines.append(inner);
  }
}
