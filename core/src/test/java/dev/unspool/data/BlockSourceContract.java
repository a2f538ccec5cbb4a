// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.engine.Block;
import dev.unspool.engine.BlockSource;
import dev.unspool.model.Snapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every source of steps promises. */
abstract class BlockSourceContract {
  /** Steps looked at in sources that never end. */
  private static final int ENOUGH = 60;

  /** A new source at its first step, the same each time, with at least two steps. */
  abstract BlockSource open();

  /** One step of all lanes: inputs, targets, mask and resets, one after the other. */
  static List<float[]> read(BlockSource source, int steps, int blockSteps) {
    var block = Block.allocate(blockSteps, source.lanes(), source.inputs(), source.targets());
    var trace = new ArrayList<float[]>();
    while (trace.size() < steps) {
      dirty(block);
      int count = source.read(block, Math.min(blockSteps, steps - trace.size()));
      if (count == 0) {
        break;
      }
      for (int t = 0; t < count; t++) {
        trace.add(step(block, t));
      }
    }
    return trace;
  }

  static float[] step(Block block, int t) {
    var values = new ArrayList<Float>();
    for (int lane = 0; lane < block.lanes(); lane++) {
      for (int i = 0; i < block.inputs().features(); i++) {
        values.add(block.inputs().get(t, lane, i));
      }
      for (int i = 0; i < block.targets().features(); i++) {
        values.add(block.targets().get(t, lane, i));
      }
      values.add(block.mask().get(t, lane, 0));
      values.add(block.events().begins(t, lane) ? 1f : 0f);
    }
    var array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return array;
  }

  private static void dirty(Block block) {
    block.inputs().fill(Float.NaN);
    block.targets().fill(Float.NaN);
    block.mask().fill(Float.NaN);
    for (int t = 0; t < block.steps(); t++) {
      for (int lane = 0; lane < block.lanes(); lane++) {
        block.events().set(t, lane, (t + lane) % 2 == 0);
      }
    }
  }

  static void assertSame(List<float[]> expected, List<float[]> found, String what) {
    assertEquals(expected.size(), found.size(), what);
    for (int t = 0; t < expected.size(); t++) {
      assertArrayEquals(expected.get(t), found.get(t), what + ", step " + t);
    }
  }

  private static int length(BlockSource source) {
    return source.steps() < 0 ? ENOUGH : Math.toIntExact(source.steps());
  }

  @Test
  void sizeOfBlocksDoesNotMatter() {
    try (var source = open()) {
      int steps = length(source);
      var expected = read(source, steps, 1);
      assertEquals(steps, expected.size());
      for (int size : new int[] {2, 3, 7, steps, steps + 5}) {
        source.rewind();
        assertSame(expected, read(source, steps, size), "blocks of " + size);
      }
    }
  }

  @Test
  void leavesTheRestOfABlockAlone() {
    try (var source = open()) {
      var block = Block.allocate(4, source.lanes(), source.inputs(), source.targets());
      dirty(block);
      assertEquals(2, source.read(block, 2));
      assertTrue(Float.isNaN(block.inputs().get(2, 0, 0)));
      assertTrue(Float.isNaN(block.targets().get(2, 0, 0)));
      assertTrue(Float.isNaN(block.mask().get(2, 0, 0)));
      assertTrue(block.events().begins(2, 0));
    }
  }

  @Test
  void readsIntoBlocksThatAreViews() {
    try (var source = open()) {
      var expected = read(source, 2, 2);
      source.rewind();
      var large = Block.allocate(9, source.lanes(), source.inputs(), source.targets());
      dirty(large);
      var view =
          new Block(
              large.inputs().view(5, 7),
              large.targets().view(4, 6),
              large.mask().view(3, 5),
              large.events());
      assertEquals(2, source.read(view, 2));
      assertArrayEquals(expected.get(0), step(view, 0));
      assertArrayEquals(expected.get(1), step(view, 1));
      assertTrue(Float.isNaN(large.inputs().get(4, 0, 0)));
    }
  }

  @Test
  void everyLaneBeginsWithTheFirstStep() {
    try (var source = open()) {
      var block = Block.allocate(1, source.lanes(), source.inputs(), source.targets());
      source.read(block, 1);
      for (int lane = 0; lane < source.lanes(); lane++) {
        assertTrue(block.events().begins(0, lane), "lane " + lane);
      }
    }
  }

  @Test
  void endsWhereItSays() {
    try (var source = open()) {
      var block = Block.allocate(3, source.lanes(), source.inputs(), source.targets());
      if (source.steps() < 0) {
        for (int i = 0; i < ENOUGH; i++) {
          assertEquals(3, source.read(block, 3));
        }
        return;
      }
      assertEquals(source.steps(), read(source, Integer.MAX_VALUE, 3).size());
      assertEquals(0, source.read(block, 3));
      assertEquals(0, source.read(block, 1));
      source.rewind();
      assertEquals(source.steps(), read(source, Integer.MAX_VALUE, 2).size());
    }
  }

  @Test
  void goesOnFromEveryStepAsIfItHadNeverStopped() {
    try (var source = open()) {
      int steps = length(source);
      var expected = read(source, steps, steps);
      source.rewind();
      for (int stop = 0; stop <= steps; stop++) {
        var snapshot = new Snapshot();
        source.save(snapshot.in("data"));
        if (stop < steps) {
          read(source, 1, 1);
        }
        try (var fresh = open()) {
          fresh.load(snapshot.in("data"));
          assertSame(
              expected.subList(stop, steps),
              read(fresh, steps - stop, 4),
              "stopped before step " + stop);
        }
      }
    }
  }

  @Test
  void goesBackFromAnywhere() {
    try (var source = open()) {
      int steps = length(source);
      var early = new Snapshot();
      read(source, 1, 1);
      source.save(early);
      var rest = read(source, steps - 1, 5);
      source.load(early);
      assertSame(rest, read(source, steps - 1, 1), "after going back");
    }
  }

  @Test
  void refusesPositionsOfOtherData() {
    try (var source = open()) {
      var snapshot = new Snapshot();
      source.save(snapshot);
      var changed = new Snapshot();
      snapshot
          .entries()
          .forEach(
              (name, entry) ->
                  changed.put(
                      name,
                      entry instanceof Snapshot.Longs(long[] values)
                          ? new Snapshot.Longs(Arrays.copyOf(new long[] {-7}, values.length))
                          : entry));
      Refusal.containing(
          IllegalArgumentException.class, "resume with the same", () -> source.load(changed));
    }
  }

  @Test
  void refusesBlocksThatDoNotFit() {
    try (var source = open()) {
      int lanes = source.lanes();
      int inputs = source.inputs();
      int targets = source.targets();
      var right = Block.allocate(2, lanes, inputs, targets);
      assertThrows(IllegalArgumentException.class, () -> source.read(right, 0));
      assertThrows(IllegalArgumentException.class, () -> source.read(right, 3));
      for (Block wrong :
          List.of(
              Block.allocate(2, lanes + 1, inputs, targets),
              Block.allocate(2, lanes, inputs + 1, targets),
              Block.allocate(2, lanes, inputs, targets + 1))) {
        Refusal.containing(
            IllegalArgumentException.class,
            "%s inputs".formatted(inputs),
            () -> source.read(wrong, 1));
      }
    }
  }
}
