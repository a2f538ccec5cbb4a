// SPDX-License-Identifier: Apache-2.0
package dev.unspool.onnx;

import dev.unspool.onnx.Graph.Attribute;
import dev.unspool.program.UniqueNames;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Writes operators, each result under a name that nothing else has, into a graph or into the body
 * of a scan. Constants stand in the outer graph, and each is written once.
 */
final class GraphWriter {
  private final UniqueNames names;
  private final Graph outer;

  /** Where operators go: the outer graph, or the body of a scan. */
  private Graph graph;

  /** What stands in the outer graph already, by what it is. */
  private final Map<Object, String> known = new HashMap<>();

  GraphWriter(Graph graph, UniqueNames names) {
    this.outer = graph;
    this.graph = graph;
    this.names = names;
  }

  /** A name that nothing has yet, and that is much like this one. */
  String fresh(String name) {
    return names.fresh(name);
  }

  /** Adds an operator; yields the name of its result. */
  String operator(String type, List<String> inputs, Attribute... attributes) {
    return operators(type, inputs, 1, attributes).getFirst();
  }

  /** Adds an operator with several results; yields their names. */
  List<String> operators(String type, List<String> inputs, int count, Attribute... attributes) {
    var results = Stream.generate(() -> names.fresh(type)).limit(count).toList();
    graph.operator(type, inputs, results, attributes);
    return results;
  }

  /** A constant of float32. */
  String array(String name, float[] values, long... shape) {
    String unique = names.fresh(name);
    outer.constant(unique, values, shape);
    return unique;
  }

  /** A constant of float64. */
  String array(String name, double[] values, long... shape) {
    String unique = names.fresh(name);
    outer.constant(unique, values, shape);
    return unique;
  }

  /** The same as another type. */
  String cast(String value, Graph.Type type) {
    return operator("Cast", List.of(value), Attribute.of("to", type.number()));
  }

  /** A constant of int64. */
  String integers(long... values) {
    return integers(values, values.length);
  }

  /** A constant of int64 without extents. */
  String integer(long value) {
    return integers(new long[] {value});
  }

  private String integers(long[] values, long... shape) {
    return once(
        List.of("integers", Arrays.toString(values), shape.length),
        () -> {
          String name = names.fresh("constant");
          outer.constant(name, values, shape);
          return name;
        });
  }

  /**
   * Writes something into the outer graph, unless it stands there already.
   *
   * @param what it is, equal to nothing else
   * @param written yields its name
   */
  String once(Object what, Supplier<String> written) {
    String name = known.get(what);
    if (name == null) {
      Graph inner = graph;
      graph = outer;
      name = written.get();
      graph = inner;
      known.put(what, name);
    }
    return name;
  }

  boolean inScan() {
    return graph != outer;
  }

  /** Goes on in the body of a scan. */
  Graph enterScan() {
    graph = new Graph(names.fresh("step"));
    return graph;
  }

  /** Goes on in the outer graph. */
  Graph leaveScan() {
    graph = outer;
    return graph;
  }
}
