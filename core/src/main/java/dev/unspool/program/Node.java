// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One value of a step: an operation, and what it is applied to. Nodes are made by a {@link Graph},
 * which makes each expression once: equal expressions are the same object.
 */
public final class Node {
  private final int id;
  private final Op op;
  private final List<Node> args;
  private final int width;
  private final boolean perRow;
  private final String origin;

  Node(int id, Op op, List<Node> args, String origin) {
    this.id = id;
    this.op = op;
    this.args = args;
    this.width = op.width(args);
    this.perRow = op.perRow(args);
    this.origin = origin;
  }

  /** Number of this node in its graph: larger than those of its arguments. */
  public int id() {
    return id;
  }

  /** What it does. */
  public Op op() {
    return op;
  }

  /** What it is applied to. */
  public List<Node> args() {
    return args;
  }

  /** One argument. */
  public Node arg(int index) {
    return args.get(index);
  }

  /** Number of values of one row, at least 1; a constant has 1 and fits every width. */
  public int width() {
    return width;
  }

  /**
   * Whether there is one value for each row, that is for each lane at each step; else there is one
   * for all of them, which depends on parameters alone.
   */
  public boolean perRow() {
    return perRow;
  }

  /** Where its author wrote it, such as {@code MyCell.java:42}; empty where nobody did. */
  public String origin() {
    return origin;
  }

  /** Whether it is a number. */
  public boolean isConstant() {
    return op instanceof Leaf leaf && leaf.role() == Leaf.Role.CONSTANT;
  }

  /** Whether it is this number. */
  boolean is(double number) {
    return isConstant() && ((Leaf) op).number() == number;
  }

  /** Whether it is a leaf of this role. */
  public boolean is(Leaf.Role role) {
    return op instanceof Leaf leaf && leaf.role() == role;
  }

  /** For messages: {@code σ(z[0:8]) of width 8 (MyCell.java:42)}. */
  public String described() {
    String text = text(3);
    if (text.length() > 60) {
      text = text.substring(0, 59) + "…";
    }
    return "%s of width %s%s".formatted(text, width, origin.isEmpty() ? "" : " (" + origin + ")");
  }

  /** The outermost part of the expression: written out to the end, it could be very long. */
  private String text(int depth) {
    boolean whole = depth > 0 || args.isEmpty();
    return whole ? op.text(args.stream().map(arg -> arg.text(depth - 1)).toList()) : "…";
  }

  /**
   * Its number: what goes through a set of nodes, and with that the order in which things are
   * computed and so their last bits, is the same in every process.
   */
  @Override
  public int hashCode() {
    return id;
  }

  /** Nodes are equal only to themselves. */
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  /** The outermost part of the expression. */
  @Override
  public String toString() {
    return text(4);
  }
}
