// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.LinkedHashSet;
import java.util.Set;

/** A {@link Piece} in the making: which operations on units run together. */
final class Draft {
  private final int level;
  private int groups;
  private int units;
  private boolean fixed;
  private final Set<Node> body = new LinkedHashSet<>();

  Draft(int level, int groups, int units, boolean fixed) {
    this.level = level;
    this.groups = groups;
    this.units = units;
    this.fixed = fixed;
  }

  int level() {
    return level;
  }

  int groups() {
    return groups;
  }

  int units() {
    return units;
  }

  Set<Node> body() {
    return body;
  }

  void add(Node node) {
    body.add(node);
  }

  /** Whether something can be kept whole in the rows of this piece, and makes it so. */
  boolean accepts(Node node) {
    int width = groups * units;
    switch (node.op()) {
      case Reduce(var _, int count) -> {
        if (node.arg(0).width() != width || width % count != 0) {
          return false;
        }
        return shape(count);
      }
      case Repeat(int times) -> {
        int count = node.arg(0).width();
        if (node.width() != width || count * times != width) {
          return false;
        }
        return shape(count);
      }
      default -> {
        return node.width() == width || node.width() == groups && fixed;
      }
    }
  }

  private boolean shape(int count) {
    if (count == groups) {
      fixed = true;
      return true;
    }
    if (fixed) {
      return false;
    }
    units = groups * units / count;
    groups = count;
    fixed = true;
    return true;
  }
}
