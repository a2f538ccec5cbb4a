// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

import static dev.unspool.model.Refused.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Layouts, blocks, states and snapshots: what they hold, and what they refuse. */
class ValuesTest {
  @Test
  void parameterLayout() {
    var layout = ParameterLayout.builder().add("a", 2, 3).add("b", 4).build();
    assertEquals(10, layout.size());
    assertEquals(6, layout.slice("b").offset());
    assertEquals(10, layout.slice("b").end());
    assertEquals("a [2, 3]\nb [4]", layout.toString());
    var same = ParameterLayout.builder().add("a", 2, 3).add("b", 4).build();
    assertEquals(layout, same);
    assertEquals(layout.hashCode(), same.hashCode());
    assertNotEquals(layout, ParameterLayout.builder().add("b", 4).add("a", 2, 3).build());
    refused(() -> layout.slice("c"), "'c'", "[a, b]");
    refused(() -> ParameterLayout.builder().add("a", 2, 0), "'a'", "[2, 0]");
    refused(() -> ParameterLayout.builder().add("a", 1).add("a", 1), "'a'");
    refused(() -> ParameterLayout.builder().add("a", 1 << 20, 1 << 20), "'a'", "1048576");
    refused(() -> ParameterLayout.builder().add("a", 1 << 30).add("b", 1 << 30).build(), "'b'");
    assertEquals(0, ParameterLayout.builder().build().size());
  }

  @Test
  void aBuilderThatGoesOnDoesNotChangeWhatItBuilt() {
    var builder = ParameterLayout.builder().add("a", 2);
    var layout = builder.build();
    builder.add("b", 3);
    assertEquals(2, layout.size());
    assertFalse(layout.has("b"));
  }

  @Test
  void parametersAndGradient() {
    var layout = ParameterLayout.builder().add("a", 2).add("b", 1).build();
    var theta = new Parameters(layout);
    theta.set("b", 5);
    assertArrayEquals(new float[] {0, 0, 5}, theta.values());
    Parameters copy = theta.copy();
    theta.get("a")[0] = 9;
    theta.set("a", 1, 2);
    assertArrayEquals(new float[] {0, 0, 5}, copy.values());
    refused(() -> theta.set("a", 1), "'a'", "2 values", "found 1");
    refused(() -> new Parameters(layout, new float[2]), "3 parameters", "2");
    assertArrayEquals(new float[1], new Gradient(layout).get("b"));
  }

  @Test
  void steps() {
    Steps steps = Steps.allocate(3, 2, 4);
    steps.set(2, 1, 3, 7);
    assertEquals(7, steps.values()[23]);
    Steps view = steps.view(2, 3);
    assertEquals(7, view.get(0, 1, 3));
    Steps copy = view.copy();
    view.set(0, 1, 3, 8);
    assertEquals(8, steps.get(2, 1, 3));
    assertEquals(7, copy.get(0, 1, 3));
    assertEquals(0, steps.view(3, 3).size());
    view.fill(1);
    assertEquals(0, steps.get(1, 1, 3));
    assertEquals("3 steps × 2 lanes × 4 features", steps.toString());
    Class<IndexOutOfBoundsException> outside = IndexOutOfBoundsException.class;
    refused(outside, () -> steps.get(0, 2, 0), "lane 2", "3 × 2 × 4");
    refused(outside, () -> steps.set(-1, 0, 0, 1), "step -1");
    refused(outside, () -> steps.view(2, 4), "2 to 4 of 3");
    refused(() -> steps.set(Steps.allocate(3, 2, 5)), "5 features", "4 features");
    refused(() -> Steps.allocate(1, 0, 1), "lanes >= 1", "1 × 0 × 1");
    refused(() -> Steps.allocate(-1, 1, 1), "-1");
    refused(() -> Steps.allocate(1 << 20, 1 << 10, 4), "one Java array");
    refused(() -> Steps.of(new float[5], 1, 5, 1, 1), "6", "found 5");
  }

  @Test
  void eventsOfLanes() {
    var events = new LaneEvents(2, 3);
    events.set(1, 2, true);
    assertTrue(events.begins(1, 2));
    assertFalse(events.begins(0, 2));
    assertFalse(events.anyHeld(2));
    events.hold(1, 2);
    assertTrue(events.holds(1, 2));
    assertFalse(events.begins(1, 2)); // one or the other
    assertTrue(events.anyHeld(2));
    assertFalse(events.anyHeld(1));
    events.set(1, 2, false);
    assertFalse(events.anyHeld(2));
    events.hold(0, 0);
    events.clear();
    assertFalse(events.holds(0, 0));
    assertFalse(events.anyHeld(2));
    // Step 0, lane 3 would be step 1, lane 0 of the array behind.
    refused(IndexOutOfBoundsException.class, () -> events.begins(0, 3), "lane 3", "3 lanes");
    refused(IndexOutOfBoundsException.class, () -> events.set(2, 0, true), "step 2", "2 steps");
    refused(IndexOutOfBoundsException.class, () -> events.hold(2, 0), "step 2", "2 steps");
  }

  private final StateLayout layout =
      new StateLayout(List.of(new StateLayout.Entry("h", 2), new StateLayout.Entry("c", 1)));

  @Test
  void states() {
    var state = new State(layout, 2);
    state.set("h", 1, 2, 3, 4);
    state.array("c")[1] = 5;
    var snapshot = new Snapshot();
    state.save(snapshot);
    state.array("h")[0] = 9;
    var other = new State(layout, 2);
    other.load(snapshot);
    assertArrayEquals(new float[] {1, 2, 3, 4}, other.array("h"));
    assertArrayEquals(new float[] {0, 5}, other.array("c"));
    refused(() -> state.set("h", 1, 2), "'h'", "2 lanes × 2", "found 2");
    refused(() -> state.array("x"), "'x'", "h", "c");
    refused(() -> new State(layout, 3).load(snapshot), "3 lanes × 2", "found 4");
    refused(() -> state.set(1, other), "2 lanes", "a single one");
    var wider = new StateLayout(List.of(new StateLayout.Entry("h", 3)));
    refused(() -> state.set(1, new State(wider, 1)), "expected", "a single one");
    var entry = new StateLayout.Entry("h", 1);
    refused(() -> new StateLayout(List.of(entry, entry)), "different names");
    refused(() -> new StateLayout(List.of(new StateLayout.Entry("h", 0))), "at least one value");
  }

  @Test
  void snapshots() {
    var snapshot = new Snapshot();
    Snapshot room = snapshot.in("engine").in("tape");
    room.put("x", 1f, 2f);
    room.put("n", 3L);
    snapshot.put("d", 0.5);
    snapshot.put("many", 1L, 2L);
    snapshot.put("none", new float[0]);
    assertArrayEquals(new float[] {1, 2}, snapshot.floats("engine.tape.x"));
    assertEquals(3, room.number("n"));
    assertArrayEquals(new double[] {0.5}, snapshot.doubles("d"));
    assertEquals(0, snapshot.floats("none").length);
    assertTrue(room.has("n"));
    assertFalse(snapshot.has("n"));
    assertEquals(
        List.of("engine.tape.x", "engine.tape.n", "d", "many", "none"),
        List.copyOf(snapshot.entries().keySet()));
    refused(IllegalStateException.class, () -> room.put("n", 4L), "'engine.tape.n'");
    refused(() -> room.floats("y"), "'engine.tape.y'");
    refused(() -> room.longs("x"), "'engine.tape.x'", "float32", "int64");
    refused(() -> snapshot.number("many"), "'many'", "2 numbers");
  }

  @Test
  void tapeOptions() {
    refused(() -> TapeOptions.training(0, 4), "at least 1", "0, 4 and 1");
    refused(() -> TapeOptions.training(2, 0), "2, 0 and 1");
    refused(() -> TapeOptions.training(2, 4).withThreads(-1), "1 to 1024", "-1");
    refused(() -> TapeOptions.training(2, 4).withThreads(100_000), "1 to 1024", "100000");
    refused(() -> TapeOptions.training(2, 4).withOutputWindow(0), "2, 4 and 0");
  }

  @Test
  void splitMixIsTheOneInThePaperAndGoesOnFromItsState() {
    var random = new SplitMix64(0);
    assertEquals(0xe220a8397b1dcdafL, random.nextLong());
    assertEquals(0x6e789e6aa1b965f4L, random.nextLong());
    var other = new SplitMix64(random.state());
    assertEquals(random.nextLong(), other.nextLong());
  }
}
