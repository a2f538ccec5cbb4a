// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unspool.model.ParameterLayout;
import dev.unspool.program.compile.LoopCompiler;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Values of parameters alone: as their operations say, and by a loop where they can be one. */
class SharedValueTest {
  private static final int WIDTH = 5;
  private static final ParameterLayout LAYOUT =
      ParameterLayout.builder().add("a", WIDTH).add("b", WIDTH).build();
  private static final List<Float> THETA =
      List.of(0.5f, -1f, 2f, 0.25f, 3f, 1f, 0.125f, -2f, 4f, 0.75f);

  private final Graph g = new Graph();
  private final Node a = g.node(new Leaf(Leaf.Role.VECTOR, "a", 0, WIDTH, 0));
  private final Node b = g.node(new Leaf(Leaf.Role.VECTOR, "b", 0, WIDTH, 0));
  private final List<Piece> compiled = new ArrayList<>();

  /** Whatever it is, it must be what the interpreter makes of it, and nothing else may change. */
  private void check(Node node, int loops) {
    float[] theta = new float[THETA.size()];
    double[] wide = new double[theta.length];
    for (int i = 0; i < theta.length; i++) {
      theta[i] = THETA.get(i);
      wide[i] = theta[i];
    }
    var values = new ParameterValues(LAYOUT, wide);
    var interpreter = new Interpreter(values, false);
    interpreter.run(List.of(node));
    float[] expected = new float[2 + node.width() + 1];
    for (int j = 0; j < node.width(); j++) {
      expected[2 + j] = (float) interpreter.value(node)[j];
    }
    float[] found = new float[expected.length];
    compiled.clear();
    var shared =
        new SharedValue(
            node,
            2,
            LAYOUT,
            piece -> {
              compiled.add(piece);
              return LoopCompiler.compile(piece);
            });
    shared.compute(theta, found, values, shared.room());
    assertArrayEquals(expected, found, 1e-6f, node::toString);
    assertEquals(loops, compiled.size(), node::toString);
  }

  @Test
  void vectorsAndSumsAreLoops() {
    check(b, 1);
    check(g.add(a, b), 1);
    check(g.add(b, g.multiply(a, a), g.constant(3)), 1);
  }

  @Test
  void aSoftmaxIsOneLoop() {
    Node largest = g.repeat(g.node(new Detach(), g.reduce(Reduce.Kind.MAXIMUM, 1, a)), WIDTH);
    Node e = g.apply(Function.EXPONENTIAL, g.subtract(a, largest));
    check(g.divide(e, g.repeat(g.reduce(Reduce.Kind.SUM, 1, e), WIDTH)), 1);
    check(g.reduce(Reduce.Kind.SUM, 1, g.apply(Function.TANH, g.add(a, b))), 1);
  }

  @Test
  void whatIsNoOperationOnUnitsIsInterpreted() {
    check(g.join(List.of(a, b)), 0);
    check(g.slice(g.add(a, b), 1, 3), 0);
    check(g.node(new Detach(), g.constant(2)), 0);
  }
}
