// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How a {@link Program} is run: the instructions of a step and of a sweep, and where all values
 * live.
 *
 * <p>Some nodes are <em>lazy</em>: forwards, what only the output needs, which is computed for the
 * steps that a loss looks at; backwards, what depends on nothing but the derivative of the outputs,
 * which is not zero for these steps only.
 *
 * @param program what is run
 * @param reverse its derivative
 * @param homes all arrays, each at the index of its id
 * @param shared what depends on parameters alone
 * @param forward how steps run
 * @param backward how a sweep runs
 * @param watched where each value stands that somebody reads off the tape
 */
record Plan(
    Program program,
    Reverse reverse,
    List<Home> homes,
    SharedValues shared,
    ForwardPlan forward,
    BackwardPlan backward,
    List<Spot> watched) {

  /**
   * Plans.
   *
   * @param inputGradient whether derivatives with respect to inputs are wanted
   * @param sameWeights whether a sweep knows the weights that each step ran with; else it cannot
   *     compute again what they are in
   * @param watched nodes of the program's graph that somebody reads off the tape
   */
  static Plan of(Program program, boolean inputGradient, boolean sameWeights, List<Node> watched) {
    var g = new Graph(program.graph());
    Set<Node> forced = new HashSet<>();
    while (true) {
      try {
        return of(program, g, inputGradient, sameWeights, watched, forced);
      } catch (Planner.Unfit unfit) {
        if (!forced.add(unfit.node())) {
          throw new IllegalStateException("no plan for " + unfit.node(), unfit);
        }
      }
    }
  }

  private static Plan of(
      Program program,
      Graph g,
      boolean inputGradient,
      boolean sameWeights,
      List<Node> watched,
      Set<Node> forced) {
    var reverse = new Reverse(program, g);
    var equations = new ForwardEquations(program, g, watched);
    var derivative = new BackwardEquations(program, g, reverse, equations, inputGradient);
    var kept = new Kept(g, equations, derivative, forced, sameWeights);
    if (equations.isDirect() && kept.nodes().contains(equations.output())) {
      equations.copyOutput();
    }
    var homes = new ArrayList<Home>();
    var shared = new SharedValues(homes);
    var forwards = new ForwardDirection(program, equations, kept, shared, homes);
    ForwardPlan forward = forwards.plan();
    BackwardPlan backward = new BackwardDirection(derivative, forwards, shared, homes).plan();
    for (Node node : Graph.closure(reverse.vectors().values(), n -> n.op() instanceof RowSum)) {
      if (node.is(Leaf.Role.VECTOR)) {
        shared.spot(node);
      }
    }
    var spots = equations.watched().stream().map(forwards::watched).toList();
    return new Plan(program, reverse, homes, shared, forward, backward, spots);
  }

  /** Whether anything in a sweep goes back to a parameter. */
  boolean derives(String parameter) {
    return reverse.vectors().containsKey(parameter)
        || backward.gradients().stream().anyMatch(term -> term.matrix().name().equals(parameter));
  }
}
