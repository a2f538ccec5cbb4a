// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program.compile;

import dev.unspool.program.Piece;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One operation in the body of a loop, and at the same time its result: of as many units as the
 * loop takes at once. Equal only to itself; {@link Body} makes each one once.
 */
final class Operation {

  /** What an operation does. */
  enum Kind {
    /** A number. */
    CONSTANT,
    /** Reads a value that has one number for each unit. */
    LOAD,
    /** Reads a value that has one number for each group: the same for all units. */
    LOAD_GROUP,
    /** Sum over the units of a group, read from memory. */
    REDUCE_SUM,
    /** Largest of the units of a group, read from memory. */
    REDUCE_MAXIMUM,
    /** Writes its argument. */
    STORE,
    /** a + b. */
    ADD,
    /** a − b. */
    SUBTRACT,
    /** a · b. */
    MULTIPLY,
    /** a / b. */
    DIVIDE,
    /** a · b + c, rounded once. */
    FMA,
    /** −a. */
    NEGATE,
    /** |a|. */
    ABSOLUTE,
    /** √a. */
    SQUARE_ROOT,
    /** As {@code Math.min}. */
    MINIMUM,
    /** As {@code Math.max}. */
    MAXIMUM,
    /** The number in −b … b that is nearest to a; NaN stays. b is a positive constant. */
    LIMIT,
    /** {@code a > b ? c : d}. */
    CHOOSE_GREATER,
    /** {@code a >= b ? c : d}. */
    CHOOSE_AT_LEAST,
    /** a · 2ⁿ for the integer n in the lowest bits of b; see {@link Precision#round}. */
    SCALE,
    /**
     * The n for which a · 2⁻ⁿ is between √½ and √2, in the lowest bits; a is positive and normal.
     */
    EXPONENT,
    /** a, or −a if the integer in the lowest bits of b is odd. */
    FLIP
  }

  private final Kind kind;
  private final List<Operation> arguments;
  private final double number;
  private final Piece.@Nullable Place place;

  Operation(Kind kind, List<Operation> arguments, double number, Piece.@Nullable Place place) {
    this.kind = kind;
    this.arguments = arguments;
    this.number = number;
    this.place = place;
  }

  Kind kind() {
    return kind;
  }

  List<Operation> arguments() {
    return arguments;
  }

  Operation argument(int index) {
    return arguments.get(index);
  }

  /** That of a constant. */
  double number() {
    return number;
  }

  /** What is read or written. */
  Piece.Place place() {
    if (place == null) {
      throw new IllegalStateException(kind + " has no place");
    }
    return place;
  }

  /** Whether it is the same for all units of a group, and computed before the loop over them. */
  boolean isBeforeUnits() {
    return switch (kind) {
      case CONSTANT, LOAD_GROUP, REDUCE_SUM, REDUCE_MAXIMUM -> true;
      default -> false;
    };
  }

  /** Whether it reads or writes memory. */
  boolean isMemory() {
    return switch (kind) {
      case LOAD, LOAD_GROUP, STORE, REDUCE_SUM, REDUCE_MAXIMUM -> true;
      default -> false;
    };
  }

  @Override
  public String toString() {
    return kind + (kind == Kind.CONSTANT ? " " + number : place == null ? "" : " " + place);
  }
}
