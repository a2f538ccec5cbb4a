// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cell;

import static dev.unspool.model.Refused.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.LaneEvents;
import dev.unspool.model.Model;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.step.StepProgram;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Dropout that stays for a sequence, and zoneout. */
class RegularisedCellsTest {
  private static final int LANES = 2;
  private static final int UNITS = 40;
  private static final int STEPS = 12;
  private static final TapeOptions OPTIONS =
      TapeOptions.training(LANES, STEPS).withOutputWindow(STEPS).withSeed(5);

  /** Yields its mask. */
  private static Tape mask(int steps, TapeOptions options) {
    var program = StepProgram.of(UNITS, (_, x) -> x.dropout(0.5, steps));
    return program.open(program.initialise(new SplitMix64(1)), options);
  }

  private static Steps ones(int steps) {
    var ones = Steps.allocate(steps, LANES, UNITS);
    ones.fill(1);
    return ones;
  }

  private static float[] row(Steps steps, int t, int lane) {
    int at = steps.at(t) + lane * steps.features();
    return Arrays.copyOfRange(steps.values(), at, at + steps.features());
  }

  private static boolean equal(Steps steps, int t, int other, int lane) {
    return Arrays.equals(row(steps, t, lane), row(steps, other, lane));
  }

  @Test
  void aSequenceKeepsItsMask() {
    var resets = new LaneEvents(STEPS, LANES);
    resets.set(5, 1, true);
    try (var tape = mask(0, OPTIONS)) {
      tape.forward(ones(STEPS), resets);
      Steps y = tape.outputs(STEPS).copy();
      for (int t = 1; t < STEPS; t++) {
        assertTrue(equal(y, t, t - 1, 0), "lane 0, step " + t);
        assertEquals(t != 5, equal(y, t, t - 1, 1), "lane 1, step " + t);
      }
      assertFalse(Arrays.equals(row(y, 0, 0), row(y, 0, 1)));
      for (float factor : row(y, 0, 0)) {
        assertTrue(factor == 0 || factor == 2, "factor " + factor);
      }
    }
    try (var tape = mask(0, TapeOptions.inference(LANES))) {
      tape.forward(ones(1));
      assertArrayEquals(ones(1).values(), tape.outputs(1).copy().values());
    }
  }

  @Test
  void aMaskIsDrawnAnewAfterSomeSteps() {
    var resets = new LaneEvents(STEPS, LANES);
    resets.set(4, 1, true);
    try (var tape = mask(3, OPTIONS)) {
      tape.forward(ones(STEPS), resets);
      Steps y = tape.outputs(STEPS).copy();
      for (int t = 1; t < STEPS; t++) {
        assertEquals(t % 3 != 0, equal(y, t, t - 1, 0), "lane 0, step " + t);
        boolean drawn = t == 3 || t == 4 || t == 7 || t == 10;
        assertEquals(!drawn, equal(y, t, t - 1, 1), "lane 1, step " + t);
      }
    }
  }

  /** Whether steps come at once, one by one, or from another tape half way through. */
  @Test
  void howItIsRunDoesNotMatter() {
    for (int steps : new int[] {0, 3}) {
      try (var whole = mask(steps, OPTIONS);
          var stepwise = mask(steps, OPTIONS);
          var resumed = mask(steps, OPTIONS.withSeed(99))) {
        whole.forward(ones(STEPS));
        float[] expected = whole.outputs(STEPS).copy().values();
        var half = new Snapshot();
        for (int t = 0; t < STEPS; t++) {
          if (t == STEPS / 2) {
            stepwise.save(half);
          }
          stepwise.forward(ones(1));
        }
        assertArrayEquals(expected, stepwise.outputs(STEPS).copy().values());
        resumed.load(half);
        resumed.forward(ones(STEPS - STEPS / 2));
        assertArrayEquals(expected, resumed.outputs(STEPS).copy().values());
      }
    }
  }

  private static Steps noise(int steps, long seed) {
    var random = new SplitMix64(seed);
    var noise = Steps.allocate(steps, LANES, 3);
    for (int i = 0; i < noise.size(); i++) {
      noise.values()[i] = (float) random.nextGaussian();
    }
    return noise;
  }

  private static Model network(String cell) {
    return new Network(NetworkSpec.of(Cell.named(cell), 3, UNITS, 0));
  }

  /** Each unit of each state is what it was, or what the cell makes of what all were. */
  @Test
  void zoneoutKeepsUnitsOrTakesTheCells() {
    for (String cell : new String[] {"lstm", "mingru", "lru"}) {
      Model zoned = network(cell + ":zoneout=0.3");
      Model plain = network(cell);
      var theta = plain.initialise(new SplitMix64(3));
      int kept = 0;
      int all = 0;
      try (var tape = zoned.open(theta, OPTIONS);
          var other = plain.open(theta, TapeOptions.inference(LANES))) {
        tape.forward(noise(1, 7));
        for (int t = 0; t < 20; t++) {
          State before = tape.state();
          other.restore(before);
          tape.forward(noise(1, 100 + t));
          other.forward(noise(1, 100 + t));
          State after = tape.state();
          for (var array : plain.state().arrays()) {
            float[] old = before.array(array.name());
            float[] now = after.array(array.name());
            float[] next = other.state().array(array.name());
            for (int i = 0; i < now.length; i++) {
              kept += now[i] == old[i] ? 1 : 0;
              all++;
              String what = "%s, step %s, %s, value %s".formatted(cell, t, array.name(), i);
              assertEquals(now[i] == old[i] ? old[i] : next[i], now[i], 1e-5f, what);
            }
          }
        }
      }
      assertEquals(0.3, kept / (double) all, 0.05, cell);
    }
  }

  /** A memory and its scale go on together; only h is kept. */
  @Test
  void zoneoutLeavesTheMemoryOfAnSlstmWhole() {
    Model zoned = network("slstm:norm=none:zoneout=0.3");
    Model plain = network("slstm:norm=none");
    var theta = plain.initialise(new SplitMix64(3));
    for (TapeOptions options : new TapeOptions[] {OPTIONS, TapeOptions.inference(LANES)}) {
      try (var tape = zoned.open(theta, options);
          var other = plain.open(theta, TapeOptions.inference(LANES))) {
        for (int t = 0; t < 5; t++) {
          other.restore(tape.state());
          tape.forward(noise(1, 100 + t));
          other.forward(noise(1, 100 + t));
          for (String name : new String[] {"layer0.c", "layer0.n", "layer0.m"}) {
            assertArrayEquals(other.state().array(name), tape.state().array(name), 1e-6f, name);
          }
          assertFalse(
              Arrays.equals(other.state().array("layer0.h"), tape.state().array("layer0.h")));
        }
      }
    }
  }

  /** In training, a recurrent matrix sees the same zeros at every step; what is said is checked. */
  @Test
  void matricesSeeAState() {
    var program =
        StepProgram.of(3, (s, x) -> Cell.named("gru:recurrent-dropout=0.5").write(s, x, 4));
    assertTrue(program.toString().contains("weight_hh·(h·mask0)"), program.toString());
    var thrown =
        assertThrows(IllegalArgumentException.class, () -> network("mingru:recurrent-dropout=0.5"));
    assertTrue(String.valueOf(thrown.getMessage()).contains("multiplied by a matrix"));
    assertThrows(IllegalArgumentException.class, () -> Cell.named("gru:zoneout=1"));
    assertThrows(IllegalArgumentException.class, () -> Cell.named("gru:recurrent-dropout=-1"));
    assertThrows(IllegalArgumentException.class, () -> Cell.named("gru:input-dropout=1"));
    refused(() -> network("slstm:heads=40"), "one unit", "norm=none");
  }
}
