// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.Model;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.WeightPolicy;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.optimizer.Sgd;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is stored is gone on from where it means the same, and nowhere else. */
class OnlineLoadTest {
  private final Model model = new Network(NetworkSpec.of(Cell.named("mingru"), 2, 4, 2));

  private LearnerBuilder builder() {
    return OnlineLearner.builder(model, model.initialise(new SplitMix64(8)))
        .horizons(1, 3)
        .delay(1)
        .truncation(2, 4)
        .policy(WeightPolicy.AS_APPLIED)
        .warmUp(5)
        .lanes(2);
  }

  private static Snapshot stored(OnlineLearner learner) {
    var snapshot = new Snapshot();
    learner.save(snapshot);
    return snapshot;
  }

  private Snapshot run(int records) {
    var stream = new RandomStream(3, 3, 2, 1, 1, true);
    try (var learner = builder().build()) {
      for (int i = 0; i < records; i++) {
        stream.next(learner, i);
      }
      return stored(learner);
    }
  }

  @Test
  void whatWasDescribedOtherwiseIsRefusedInALine() {
    Snapshot snapshot = run(80);
    List<Consumer<LearnerBuilder>> others =
        List.of(
            b -> b.horizons(1, 2),
            b -> b.horizons(1),
            b -> b.delay(2),
            b -> b.truncation(1, 4),
            b -> b.truncation(2, 5),
            b -> b.policy(WeightPolicy.REPLAY),
            b -> b.policy(WeightPolicy.CURRENT),
            LearnerBuilder::rtrl,
            b -> b.inputs(Scaling.none()),
            b -> b.targets(Scaling.running(1000)),
            b -> b.relativeTo(Reference.MEAN),
            b -> b.relativeTo(Reference.BASELINES),
            LearnerBuilder::scalesPerKey,
            b -> b.warmUp(6),
            b -> b.season(3),
            b -> b.lags(2),
            b -> b.judgedOver(10),
            b -> b.optimizer(new Sgd(0.9, false)));
    for (int i = 0; i < others.size(); i++) {
      var builder = builder();
      others.get(i).accept(builder);
      try (var learner = builder.build()) {
        Snapshot before = stored(learner);
        var thrown =
            assertThrows(
                IllegalArgumentException.class, () -> learner.load(snapshot), "number " + i);
        assertFalse(String.valueOf(thrown.getMessage()).contains("\n"), thrown.getMessage());
        StoppedAnywhere.assertSame(before, stored(learner), "number " + i);
      }
    }
  }

  /** Whatever is missing, nothing is taken up, and the whole one can be afterwards. */
  @Test
  void whatIsNotWholeIsNotTakenUp() {
    Snapshot snapshot = run(80);
    try (var learner = builder().build()) {
      Snapshot before = stored(learner);
      for (String missing : snapshot.entries().keySet()) {
        var part = new Snapshot();
        snapshot
            .entries()
            .forEach(
                (name, entry) -> {
                  if (!name.equals(missing)) {
                    part.put(name, entry);
                  }
                });
        assertThrows(IllegalArgumentException.class, () -> learner.load(part), missing);
        StoppedAnywhere.assertSame(before, stored(learner), "without " + missing);
      }
      learner.load(snapshot);
      StoppedAnywhere.assertSame(snapshot, stored(learner), "whole");
    }
  }

  @Test
  void whoMayChangeWhileItIsStopped() {
    Snapshot snapshot = run(80);
    try (var learner =
        builder().keys(2).lanes(1).stopAfter(3).stateLimit(1e3).onSpike(9, true).build()) {
      learner.load(snapshot);
      assertEquals(2, learner.keys());
      new RandomStream(3, 3, 2, 1, 1, true).next(learner, 81);
    }
  }

  /** Between any two calls: before a truth is told as well as after. */
  @ParameterizedTest
  @EnumSource(WeightPolicy.class)
  void goesOnFromEveryCall(WeightPolicy policy) {
    var stream = new RandomStream(9, 3, 2, 1, 1, true);
    var calls = new ArrayList<Consumer<OnlineLearner>>();
    var rows = new long[3];
    for (int i = 0; i < 70; i++) {
      int number = i;
      String key = stream.key(i);
      int k = key.charAt(key.length() - 1) - '0';
      if (stream.begins(i)) {
        calls.add(learner -> learner.begin(key));
      }
      for (long row : stream.due(rows[k])) {
        calls.add(learner -> learner.learn(key, row, stream.truth(key, row)));
      }
      rows[k]++;
      calls.add(learner -> learner.predict(key, number, stream.x(number)));
    }
    var snapshots = new ArrayList<Snapshot>();
    try (var whole = builder().policy(policy).build()) {
      for (var call : calls) {
        call.accept(whole);
        snapshots.add(stored(whole));
      }
      assertTrue(whole.counters().updates() > 5, whole.counters()::toString);
    }
    for (int stop = 0; stop < calls.size(); stop++) {
      try (var resumed = builder().policy(policy).build()) {
        resumed.load(snapshots.get(stop));
        int end = Math.min(stop + 6, calls.size() - 1);
        for (int i = stop + 1; i <= end; i++) {
          calls.get(i).accept(resumed);
        }
        StoppedAnywhere.assertSame(snapshots.get(end), stored(resumed), "call " + stop);
      }
    }
  }
}
