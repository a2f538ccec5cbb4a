// SPDX-License-Identifier: Apache-2.0
package dev.unspool.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import dev.unspool.model.LaneEvents;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.Steps;
import dev.unspool.model.TapeOptions;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A step of the window takes as much memory as docs/performance.md says. */
class TapeMemoryTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int SHORT = 1000;
  private static final int LONG = 3000;

  /** The version of the weights, and whether the sequence began, for each step or lane of one. */
  private static final int WORDS = 2;

  @ParameterizedTest
  @CsvSource({
    "rnn-tanh,2,2,64,48,1",
    "gru,6,7,64,48,1",
    "lstm,8,5,64,48,1",
    "lstm,8,5,32,128,1",
    "lstm,8,5,64,48,8"
  })
  void aStepTakesWhatTheDocsSay(
      String cell, int kept, int swept, int hidden, int inputs, int lanes) {
    var network = new Network(NetworkSpec.of(Cell.named(cell), inputs, hidden, 1));
    opened(network, lanes, SHORT); // classes are loaded and loops compiled only once
    double bytes =
        (double) (opened(network, lanes, LONG) - opened(network, lanes, SHORT))
            / (LONG - SHORT)
            / lanes;
    double stated = 4 * (1.5 * (inputs + kept * hidden + WORDS) + swept * hidden);
    assertEquals(stated, bytes, 0.01 * stated, "bytes for each step of the window and lane");
  }

  /** Versions of weights, as a snapshot has them: it stores what the tape keeps. */
  @ParameterizedTest
  @ValueSource(ints = {1, 7, 20})
  void anUpdateInTheWindowTakesWhatTheDocsSay(int window) {
    int inputs = 6;
    int hidden = 8;
    int outputs = 24;
    int updates = 20;
    var network = new Network(NetworkSpec.of(Cell.LSTM, inputs, hidden, outputs));
    var theta = network.initialise(new SplitMix64(1));
    var snapshot = new Snapshot();
    var options = TapeOptions.training(1, updates).withOutputWindow(window);
    try (var tape = network.open(theta, options)) {
      for (int step = 0; step < 3 * updates; step++) {
        tape.forward(Steps.allocate(1, 1, inputs));
        tape.parametersChanged();
      }
      tape.save(snapshot);
    }
    long values = 0;
    for (var entry : snapshot.entries().entrySet()) {
      if (entry.getKey().startsWith("weights.") && entry.getValue() instanceof Snapshot.Floats of) {
        values += of.values().length;
      }
    }
    int ofEach = 4 * hidden * hidden + 4 * hidden + outputs;
    assertEquals(updates * ofEach + window * hidden * outputs, values, "weights and biases");
  }

  private static long opened(Network network, int lanes, int capacity) {
    var theta = network.initialise(new SplitMix64(1));
    Steps inputs = Steps.allocate(2, lanes, network.inputs());
    var events = new LaneEvents(2, lanes);
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try (var tape = network.open(theta, TapeOptions.training(lanes, capacity))) {
      tape.forward(inputs, events);
    }
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }
}
