// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.Model;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.WeightPolicy;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Stopped after any record, a learner goes on to the bit. */
class OnlineResumeTest {
  private static final int RECORDS = 200;
  private static final int INPUTS = 2;

  private static OnlineLearner learner(
      Cell cell, int k1, int k2, int keys, int lanes, WeightPolicy policy, boolean own) {
    Model model = new Network(NetworkSpec.of(cell, INPUTS, 5, 2));
    var builder =
        OnlineLearner.builder(model, model.initialise(new SplitMix64(3)))
            .horizons(1, 3)
            .delay(2)
            .truncation(k1, k2)
            .keys(Math.abs(keys)) // below 0: one key less than there are
            .lanes(lanes)
            .warmUp(8)
            .season(7);
    if (own) {
      builder.scalesPerKey();
    }
    return (policy == null ? builder.rtrl() : builder.policy(policy)).build();
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "RTRL",
      value = {
        "LSTM, 1, 4, 1, 1, AS_APPLIED, false",
        "LSTM, 3, 4, 1, 1, CURRENT, false",
        "LSTM, 1, 4, 1, 1, REPLAY, false",
        "GRU, 1, 4, 5, 2, AS_APPLIED, true",
        "GRU, 2, 4, 3, 5, AS_APPLIED, false",
        "GRU, 1, 4, -3, 2, AS_APPLIED, false",
        "LSTM, 1, 4, -3, 2, REPLAY, true",
        "GRU, 1, 3, 5, 2, CURRENT, false",
        "LSTM, 1, 4, 5, 2, REPLAY, false",
        "LSTM, 3, 6, 3, 2, REPLAY, true",
        "MINGRU, 1, 1, 1, 1, RTRL, false",
        "MINGRU, 2, 1, 5, 2, RTRL, false"
      })
  void goesOnToTheBit(
      Cell cell, int k1, int k2, int keys, int lanes, WeightPolicy policy, boolean own) {
    long seed = 5;
    var stream = new RandomStream(seed, keys < 0 ? 4 : keys, INPUTS, 1, 2, true);
    Counters counters =
        StoppedAnywhere.check(
            () -> learner(cell, k1, k2, keys, lanes, policy, own), stream, RECORDS, 8);
    assertTrue(counters.updates() > (keys < 0 ? 0 : 15), () -> "few updates: " + counters);
    assertTrue(counters.incidents(Incident.INPUT) > 0);
    assertEquals(keys < 0, counters.forgottenKeys() > 0);
  }
}
