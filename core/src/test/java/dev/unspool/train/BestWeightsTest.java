// SPDX-License-Identifier: Apache-2.0
package dev.unspool.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import org.junit.jupiter.api.Test;

class BestWeightsTest {
  private static final ParameterLayout LAYOUT = ParameterLayout.builder().add("w", 2).build();

  private static Parameters theta(float value) {
    return new Parameters(LAYOUT, new float[] {value, -value});
  }

  @Test
  void remembersTheBest() {
    var best = new BestWeights(LAYOUT);
    assertFalse(best.exist());
    assertEquals(Double.POSITIVE_INFINITY, best.best());
    assertThrows(IllegalStateException.class, best::weights);

    assertFalse(best.offer(Double.NaN, theta(1)));
    assertFalse(best.offer(Double.POSITIVE_INFINITY, theta(1)));
    assertEquals(2, best.sinceBest());
    assertThrows(IllegalStateException.class, best::weights);

    var changing = theta(2);
    assertTrue(best.offer(0.5, changing));
    changing.values()[0] = 77;
    assertEquals(0, best.sinceBest());
    assertFalse(best.offer(0.5, theta(3)));
    assertFalse(best.offer(Double.NaN, theta(3)));
    assertEquals(2, best.sinceBest());
    assertEquals(0.5, best.best());
    assertArrayEquals(theta(2).values(), best.weights().values());

    assertTrue(best.offer(-1, theta(4)));
    assertArrayEquals(theta(4).values(), best.weights().values());
  }

  @Test
  void surviveACheckpoint() {
    var best = new BestWeights(LAYOUT);
    best.offer(0.5, theta(2));
    best.offer(0.7, theta(3));
    var snapshot = new Snapshot();
    best.save(snapshot);
    best.offer(0.1, theta(9)); // does not reach into what was stored

    var loaded = new BestWeights(LAYOUT);
    loaded.load(snapshot);
    assertEquals(0.5, loaded.best());
    assertEquals(1, loaded.sinceBest());
    assertArrayEquals(theta(2).values(), loaded.weights().values());

    var none = new Snapshot();
    new BestWeights(LAYOUT).save(none);
    loaded.load(none);
    assertFalse(loaded.exist());
  }

  @Test
  void refusesAnotherModel() {
    var other = ParameterLayout.builder().add("w", 3).build();
    var best = new BestWeights(LAYOUT);
    assertThrows(IllegalArgumentException.class, () -> best.offer(0, new Parameters(other)));
    best.offer(0.5, theta(2));
    var snapshot = new Snapshot();
    best.save(snapshot);
    assertThrows(IllegalArgumentException.class, () -> new BestWeights(other).load(snapshot));
    assertThrows(
        IllegalArgumentException.class, () -> new BestWeights(LAYOUT).load(new Snapshot()));
  }
}
