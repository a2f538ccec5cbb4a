// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where each value lives. A value gets a home when somebody asks for it; products that are added
 * one onto the other share one, and what is joined is written into its place at once.
 */
final class Placement {
  private final Direction direction;
  private final Schedule schedule;
  private final Grouping grouping;
  private final List<Home> homes;
  private final Map<Node, Home> homeOf = new HashMap<>();
  private final Map<Node, List<Spot>> writes = new HashMap<>();

  /**
   * Nothing is placed yet.
   *
   * @param homes all arrays; new ones are added
   */
  Placement(Direction direction, Schedule schedule, Grouping grouping, List<Home> homes) {
    this.direction = direction;
    this.schedule = schedule;
    this.grouping = grouping;
    this.homes = homes;
  }

  /** Where a value can be read. */
  Spot read(Node node) {
    Spot given = direction.given(node);
    if (given != null) {
      return given;
    }
    if (node.op() instanceof Slice(int from, int _)) {
      Spot whole = read(node.arg(0));
      return new Spot(whole.home(), whole.column() + from);
    }
    return new Spot(home(node), 0);
  }

  /** The array of a value, row after row; made when it is first asked for. */
  Home home(Node node) {
    Home home = homeOf.get(node);
    if (home != null) {
      return home;
    }
    var chain = chain(node);
    Node top = chain.getLast();
    boolean within = chain.stream().allMatch(this::withinStep);
    home = Home.add(homes, direction.storage(top, within), node.width(), direction.name(top));
    for (Node member : chain) {
      homeOf.put(member, home);
    }
    Node bottom = chain.getFirst();
    if (grouping.hasDraft(node)) {
      write(node, new Spot(home, 0));
    } else if (node.op() instanceof Join) {
      int column = 0;
      for (Node part : node.args()) {
        write(part, new Spot(home, column));
        column += part.width();
      }
    } else if (isOntoValue(bottom) && grouping.hasDraft(bottom.arg(1))) {
      write(bottom.arg(1), new Spot(home, 0));
    }
    return home;
  }

  /** Says that an operation on units also goes there. */
  void write(Node node, Spot spot) {
    if (!grouping.hasDraft(node)) {
      throw new IllegalStateException(
          "only what operations on units yield can be put somewhere: " + node);
    }
    writes.computeIfAbsent(node, _ -> new ArrayList<>()).add(spot);
  }

  /** All places that an operation on units is put into. */
  List<Spot> writes(Node node) {
    return writes.getOrDefault(node, List.of());
  }

  /** All arrays that hold a value, or a part of theirs does. */
  List<Home> homesOf(Node node) {
    var all = new ArrayList<>(writes(node).stream().map(Spot::home).toList());
    Home home = homeOf.get(node);
    if (home != null) {
      all.add(home);
    }
    return all;
  }

  /** Whether a node is a product that is added to a value, in whose place it is left. */
  static boolean isOntoValue(Node node) {
    return node.op() instanceof Product(var _, var onto) && onto == Product.Onto.VALUE;
  }

  /** Products that are added up in one place, from the first to the last; else the node alone. */
  private List<Node> chain(Node node) {
    var chain = new ArrayList<Node>();
    chain.add(node);
    for (Node at = node; isOntoValue(at) && continues(at.arg(1)); at = at.arg(1)) {
      chain.addFirst(at.arg(1));
    }
    for (Node at = node; at.op() instanceof Product && continues(at); ) {
      at = schedule.users(at).iterator().next();
      chain.addLast(at);
    }
    return chain;
  }

  /** Whether a product is there only for another one to be added to it. */
  private boolean continues(Node node) {
    var users = schedule.users(node);
    if (!(node.op() instanceof Product) || users.size() != 1 || direction.kept(node)) {
      return false;
    }
    Node user = users.iterator().next();
    return isOntoValue(user) && user.arg(1) == node && user.arg(0) != node;
  }

  /** Whether a value is made and used within one stepwise phase. */
  private boolean withinStep(Node node) {
    int phase = schedule.phase(node);
    boolean within = Schedule.isStepwise(phase);
    for (Node user : schedule.users(node)) {
      within &= schedule.phase(user) == phase && (!Grouping.isView(user) || withinStep(user));
    }
    var written = node.op() instanceof Join ? node.args() : List.<Node>of();
    for (Node part : isOntoValue(node) ? node.args().subList(1, 2) : written) {
      within &= schedule.phase(part, phase) == phase;
    }
    return within;
  }
}
