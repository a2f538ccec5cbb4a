// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Collects what goes back to each node, and to each matrix, while a graph is differentiated. Parts
 * of a value that lie side by side become one value again, so that what was taken apart into gates
 * comes back as one matrix of gates.
 */
public final class Adjoints {
  /** A derivative with respect to some units of a node. */
  private record Part(int from, Node d) {
    int end() {
      return from + d.width();
    }
  }

  /**
   * One term of the derivative with respect to a matrix: Σ_rows leftᵀ·right.
   *
   * @param left as wide as the matrix has rows; an index where {@code scattered}
   * @param right as wide as it has columns
   * @param scattered whether {@code left} is the index of the row to which {@code right} is added
   */
  public record Product(Node left, Node right, boolean scattered) {}

  private final Graph g;
  private final Map<Node, List<Part>> parts = new HashMap<>();
  private final Map<Matrix, List<Product>> products = new LinkedHashMap<>();

  Adjoints(Graph g) {
    this.g = g;
  }

  /** Adds to ∂L/∂node. */
  void add(Node node, Node d) {
    addPart(node, 0, d);
  }

  /** Adds to ∂L/∂(some units of node). */
  void addPart(Node node, int from, Node d) {
    if (node.isConstant() || d.is(0)) {
      return;
    }
    Node collected = d;
    if (collected.perRow() && !node.perRow()) {
      collected = g.node(new RowSum(), collected);
    }
    parts.computeIfAbsent(node, _ -> new ArrayList<>()).add(new Part(from, collected));
  }

  /** Adds {@code leftᵀ·right} to the derivative with respect to a matrix. */
  void addProduct(Matrix matrix, Node left, Node right) {
    products.computeIfAbsent(matrix, _ -> new ArrayList<>()).add(new Product(left, right, false));
  }

  /** Adds d to the row of a table that an index names. */
  void addRows(Matrix table, Node index, Node d) {
    products.computeIfAbsent(table, _ -> new ArrayList<>()).add(new Product(index, d, true));
  }

  /** What came back to a node; null if nothing did. */
  @Nullable Node of(Node node) {
    List<Part> of = parts.get(node);
    if (of == null) {
      return null;
    }
    var whole = new ArrayList<Node>();
    var pieces = new ArrayList<Part>();
    for (Part part : of) {
      if (part.d().width() == node.width()) {
        whole.add(part.d());
      } else {
        pieces.add(part);
      }
    }
    // Rounds of parts that do not overlap, each joined to one value with zeros in the gaps.
    pieces.sort(Comparator.comparingInt(Part::from));
    while (!pieces.isEmpty()) {
      var row = new ArrayList<Node>();
      int at = 0;
      for (var each = pieces.iterator(); each.hasNext(); ) {
        Part part = each.next();
        if (part.from() < at) {
          continue;
        }
        if (part.from() > at) {
          row.add(zeros(part.from() - at));
        }
        row.add(part.d());
        at = part.end();
        each.remove();
      }
      if (at < node.width()) {
        row.add(zeros(node.width() - at));
      }
      whole.add(g.join(row));
    }
    return g.add(whole);
  }

  /** Products that make up the derivative of each matrix. */
  Map<Matrix, List<Product>> products() {
    return products;
  }

  private Node zeros(int count) {
    return g.node(new Repeat(count), g.constant(0));
  }
}
