// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program.compile;

import dev.unspool.program.Piece;
import dev.unspool.program.compile.Instruction.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The body of a loop: instructions in the order in which they run, each different one once. */
final class Body {
  private record Key(
      Kind kind, List<Instruction> arguments, long number, Piece.@Nullable Place place) {}

  private final List<Instruction> instructions = new ArrayList<>();
  private final Map<Key, Instruction> known = new HashMap<>();

  /** All of them; arguments stand before what they are arguments of. */
  List<Instruction> instructions() {
    return Collections.unmodifiableList(instructions);
  }

  Instruction constant(double number) {
    return instruction(Kind.CONSTANT, List.of(), number, null);
  }

  Instruction operation(Kind kind, Instruction... arguments) {
    return instruction(kind, List.of(arguments), 0, null);
  }

  /** {@link Kind#LOAD}, {@link Kind#LOAD_GROUP} or a reduction. */
  Instruction read(Kind kind, Piece.Place place) {
    return instruction(kind, List.of(), 0, place);
  }

  void store(Instruction value, Piece.Place place) {
    instruction(Kind.STORE, List.of(value), 0, place);
  }

  private Instruction instruction(
      Kind kind, List<Instruction> arguments, double number, Piece.@Nullable Place place) {
    var key = new Key(kind, arguments, Double.doubleToRawLongBits(number), place);
    Instruction instruction = known.get(key);
    if (instruction == null) {
      instruction = new Instruction(kind, arguments, number, place);
      instructions.add(instruction);
      known.put(key, instruction);
    }
    return instruction;
  }
}
