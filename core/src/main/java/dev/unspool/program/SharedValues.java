// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the values stand that depend on parameters alone: one beside the other, in one row. */
final class SharedValues {
  private final Home home;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<Node, Integer> columns = new HashMap<>();
  private int width;

  SharedValues(List<Home> homes) {
    this.home = Home.add(homes, Home.Storage.SHARED, 0, "");
  }

  /** The place of a value, which gets one when it is first asked for. */
  Spot spot(Node node) {
    Integer column = columns.get(node);
    if (column == null) {
      column = width;
      columns.put(node, column);
      nodes.add(node);
      width += node.width();
    }
    return new Spot(home, column);
  }

  /** Where a value stands; null if nobody has asked for it. */
  @Nullable Integer column(Node node) {
    return columns.get(node);
  }

  /** All of them in their order. */
  List<Node> nodes() {
    return nodes;
  }

  int width() {
    return width;
  }
}
