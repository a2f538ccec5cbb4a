// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program.compile;

import dev.unspool.program.Piece;
import dev.unspool.program.compile.Operation.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The body of a loop: operations in the order in which they run, each different one once. */
final class Body {
  private record Key(
      Kind kind, List<Operation> arguments, long number, Piece.@Nullable Place place) {}

  private final List<Operation> operations = new ArrayList<>();
  private final Map<Key, Operation> known = new HashMap<>();

  /** All of them; arguments stand before what they are arguments of. */
  List<Operation> operations() {
    return Collections.unmodifiableList(operations);
  }

  Operation constant(double number) {
    return intern(Kind.CONSTANT, List.of(), number, null);
  }

  Operation operation(Kind kind, Operation... arguments) {
    return intern(kind, List.of(arguments), 0, null);
  }

  /** {@link Kind#LOAD}, {@link Kind#LOAD_GROUP} or a reduction. */
  Operation read(Kind kind, Piece.Place place) {
    return intern(kind, List.of(), 0, place);
  }

  void store(Operation value, Piece.Place place) {
    intern(Kind.STORE, List.of(value), 0, place);
  }

  private Operation intern(
      Kind kind, List<Operation> arguments, double number, Piece.@Nullable Place place) {
    var key = new Key(kind, arguments, Double.doubleToRawLongBits(number), place);
    Operation operation = known.get(key);
    if (operation == null) {
      operation = new Operation(kind, arguments, number, place);
      operations.add(operation);
      known.put(key, operation);
    }
    return operation;
  }
}
