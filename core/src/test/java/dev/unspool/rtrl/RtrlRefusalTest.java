// SPDX-License-Identifier: Apache-2.0
package dev.unspool.rtrl;

import static dev.unspool.model.Refused.refused;

import dev.unspool.engine.Block;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.Model;
import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.model.StateLayout;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.step.Signal;
import dev.unspool.step.StepProgram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused says what is in the way, and what to do. */
class RtrlRefusalTest {
  private static Rtrl engine(Model model, int interval) {
    return Rtrl.builder(model, new Parameters(model.parameters()))
        .interval(interval)
        .loss(new MeanSquaredError())
        .build();
  }

  private static Model state(int units, java.util.function.UnaryOperator<Signal> next) {
    return StepProgram.of(
        units,
        (s, x) -> {
          Signal h = s.state("h", units);
          return s.next(h, next.apply(h).plus(x));
        });
  }

  @ParameterizedTest
  @CsvSource({
    "rnn-tanh, layer0.h, weight_hh_l0",
    "gru, layer0.h, weight_hh_l0",
    "lstm, layer0.h, weight_hh_l0"
  })
  void cellsThatMixTheirUnits(String cell, String state, String matrix) {
    var network = new Network(NetworkSpec.of(Cell.named(cell), 2, 5, 1).withLayers(2));
    refused(
        () -> engine(network, 1),
        "state '" + state + "'",
        "a product with " + matrix,
        "5 times the memory",
        "TBPTT",
        "lru, rtu or mingru");
  }

  @Test
  void everyWayOfMixingUnits() {
    refused(() -> engine(state(4, h -> h.minus(h.mean())), 1), "'h'", "a sum over units");
    refused(() -> engine(state(4, h -> h.plus(h.max().tanh())), 1), "the largest of some units");
    refused(
        () -> engine(state(4, h -> h.slice(0, 2).repeat(2)), 1),
        "a part of its units",
        "RtrlRefusalTest.java");
    refused(() -> engine(state(4, h -> h.softmax()), 1), "'h'");
  }

  @Test
  void aSingleUnitDependsOnNoOthers() {
    var network = new Network(NetworkSpec.of(Cell.named("rnn-tanh"), 2, 1, 1));
    refused(() -> engine(network, 1), "weight_hh_l0", "a single unit", "TBPTT");
  }

  @Test
  void oneStateOnTheWayToAnother() {
    var program =
        StepProgram.of(
            3,
            (s, x) -> {
              Signal a = s.state("a", 3);
              Signal b = s.state("b", 2);
              s.next(a, a.times(0.5).plus(s.linear("back", b, 3)).plus(x));
              return s.next(b, s.linear("forth", a, 2));
            });
    refused(() -> engine(program, 1), "state '", "the next value of '", "a product with");
  }

  @Test
  void modelsWithoutEquations() {
    var model =
        new Model() {
          @Override
          public ParameterLayout parameters() {
            return ParameterLayout.builder().build();
          }

          @Override
          public StateLayout state() {
            return new StateLayout(java.util.List.of());
          }

          @Override
          public int inputs() {
            return 1;
          }

          @Override
          public int outputs() {
            return 1;
          }

          @Override
          public void initialise(Parameters theta, java.util.random.RandomGenerator random) {}

          @Override
          public Tape open(Parameters theta, TapeOptions options) {
            throw new IllegalStateException("not opened");
          }
        };
    refused(() -> Rtrl.builder(model, new Parameters(model.parameters())), "StepProgram", "Tbptt");
  }

  @Test
  void whatDoesNotFit() {
    var program = DiagonalCells.LEAKY.program(2, 3, 1);
    refused(
        () -> Rtrl.builder(program, new Parameters(program.parameters())).interval(0), "k1", "0");
    refused(
        IllegalStateException.class,
        () -> Rtrl.builder(program, new Parameters(program.parameters())).build(),
        "loss");
    try (var engine = engine(program, 2)) {
      refused(IllegalStateException.class, engine::sweep, "no step");
      refused(() -> engine.forward(Block.allocate(3, 1, 2, 1)), "3 steps", "k1 = 2");
      refused(() -> engine.forward(Block.allocate(1, 1, 2, 4)), "target features");
      engine.forward(Block.allocate(1, 1, 2, 1));
      var snapshot = new Snapshot();
      engine.save(snapshot);
      try (var other = engine(DiagonalCells.ROTATION.program(2, 3, 1), 2)) {
        refused(() -> other.load(snapshot));
      }
    }
  }
}
