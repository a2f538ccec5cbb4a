// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.judge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.inference.Predictor;
import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.predict.Features;
import dev.unspool.predict.Fill;
import dev.unspool.predict.Outputs;
import dev.unspool.predict.Rows;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Many origins at once against one after the other. */
final class RollingOriginsTest {
  private static final int ROWS = 700;
  private static final double GAP = 13;

  /** A target, and a column that is known ahead. */
  private static final Rows TABLE =
      (row, column) ->
          row >= ROWS || (column == 0 && row % GAP == 3)
              ? Double.NaN
              : Math.sin(0.3 * row + column) + 0.1 * column * row % 7;

  private static Features.Column column(int column, int ahead) {
    return new Features.Column("c" + column, column, ahead, 0.2, 1.5, Fill.LAST, column == 0);
  }

  private static final Features FEATURES =
      new Features(List.of(column(0, 0), column(1, 1)), null, 1, -1);

  private static Outputs outputs(boolean change, List<Integer> horizons) {
    var units = horizons.stream().map(_ -> 0.7).toList();
    return new Outputs(
        List.of(new Outputs.Target("c0", change, 0.2, units)),
        horizons,
        Outputs.Law.VALUE,
        List.of());
  }

  private static RollingOrigins looking(Network network, Outputs outputs) {
    return new RollingOrigins(
        network.program(),
        network.initialise(new SplitMix64(4)),
        FEATURES,
        outputs,
        TABLE,
        null,
        List.of(0),
        () -> {});
  }

  @Test
  void lanesGoOnAsOneWould() {
    for (boolean change : new boolean[] {true, false}) {
      var network = new Network(NetworkSpec.of(Cell.LSTM, FEATURES.count(), 5, 1));
      Outputs outputs = outputs(change, List.of(1));
      RollingOrigins looking = looking(network, outputs);
      assertTrue(looking.goesOn());
      long[] origins = Rolling.evenly(100, 650, 400); // more than there are lanes
      Rolling rolling = looking.run(origins, 6);
      assertEquals(List.of(1, 2, 3, 4, 5, 6), rolling.horizons());
      for (int index : new int[] {0, 7, 255, 256, origins.length - 1}) {
        double[] found = new double[6];
        for (int h = 0; h < 6; h++) {
          found[h] = rolling.value(index, 0, h);
        }
        double[] alone = alone(looking, outputs, rolling.origin(index), 6);
        assertArrayEquals(alone, found, 1e-5, "origin " + rolling.origin(index));
      }
    }
  }

  private static double[] alone(RollingOrigins looking, Outputs outputs, long origin, int steps) {
    var values = new ArrayList<Double>();
    Rows seen =
        (row, column) -> {
          long step = row - origin - 1;
          return column == 1 || step < 0
              ? TABLE.get(row, column)
              : step < values.size() ? values.get((int) step) : Double.NaN;
        };
    double[] numbers = new double[FEATURES.count()];
    try (var predictor = new Predictor(looking.model(), looking.theta())) {
      for (long row = 0; row < origin + steps; row++) {
        FEATURES.over(seen, null).write(row, numbers, 0);
        float[] inputs = new float[numbers.length];
        for (int i = 0; i < inputs.length; i++) {
          inputs[i] = (float) numbers[i];
        }
        float[] said = predictor.step(inputs);
        if (row >= origin) {
          double newest = seen.get(seen.known(row, 0), 0);
          values.add(outputs.point(said, 0, 0, 0, newest));
        }
      }
    }
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  @Test
  void horizonsOfItsOwnAreTakenAsTheyAre() {
    var network = new Network(NetworkSpec.of(Cell.GRU, FEATURES.count(), 5, 2));
    RollingOrigins looking = looking(network, outputs(true, List.of(2, 5)));
    assertFalse(looking.goesOn());
    Rolling rolling = looking.run(new long[] {300, 301}, 24);
    assertEquals(List.of(2, 5), rolling.horizons());
    assertTrue(Double.isFinite(rolling.value(1, 0, 1)));
  }

  @Test
  void whatIsNeitherPredictedNorKnownEndsTheView() {
    var unknown = new Features(List.of(column(0, 0), column(1, 0)), null, 1, -1);
    var network = new Network(NetworkSpec.of(Cell.GRU, unknown.count(), 5, 1));
    var looking =
        new RollingOrigins(
            network.program(),
            network.initialise(new SplitMix64(4)),
            unknown,
            outputs(true, List.of(1)),
            TABLE,
            null,
            List.of(0),
            () -> {});
    assertEquals(List.of(1), looking.horizons(24));
  }

  @Test
  void originsAreEvenlySpacedUpToTheLast() {
    assertArrayEquals(new long[] {3, 4, 5}, Rolling.evenly(3, 6, 10));
    assertArrayEquals(new long[] {3, 6, 9}, Rolling.evenly(1, 10, 3));
    assertArrayEquals(new long[] {}, Rolling.evenly(4, 4, 3));
  }
}
