// SPDX-License-Identifier: Apache-2.0
package dev.unspool.network;

import static dev.unspool.model.Refused.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.cell.Lru;
import dev.unspool.cell.Ring;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.TapeOptions;
import dev.unspool.model.WeightPolicy;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Names, shapes, initial values, inputs and what a network refuses. */
class NetworkTest {
  @Test
  void namesAndShapesArePyTorchs() {
    var spec = NetworkSpec.of(Cell.LSTM, new Input.Embedding(7, 3), 5, 2).withLayers(2);
    assertEquals(
        """
        embedding.weight [7, 3]
        weight_ih_l0 [20, 3]
        weight_hh_l0 [20, 5]
        bias_ih_l0 [20]
        bias_hh_l0 [20]
        weight_ih_l1 [20, 5]
        weight_hh_l1 [20, 5]
        bias_ih_l1 [20]
        bias_hh_l1 [20]
        output.weight [2, 5]
        output.bias [2]""",
        new Network(spec).parameters().toString());
    assertEquals("lstm 3→5, 2 layers, 2 outputs", spec.toString());
    var gru = new Network(NetworkSpec.of(Cell.GRU, 2, 4, 0).withLearnedInitialState());
    assertEquals(
        """
        weight_ih_l0 [12, 2]
        weight_hh_l0 [12, 4]
        bias_ih_l0 [12]
        bias_hh_l0 [12]
        initial.layer0.h [4]""",
        gru.parameters().toString());
    assertEquals(4, gru.outputs());
  }

  @Test
  void aStackSaysWhatIsAroundItsLayers() {
    var spec =
        NetworkSpec.of(Cell.RNN_TANH, 1, 2, 1)
            .withTaps(0, 3)
            .withLayer(Cell.RNN_RELU, 2)
            .withResiduals()
            .withNormalisation()
            .withSkips()
            .withHead(4);
    assertEquals(
        "1→rnn-tanh 2→rnn-relu 2, taps 0,3, residual, normalised, skip, head 4, 1 output",
        spec.toString());
    var network = new Network(spec);
    assertEquals(
        """
        weight_ih_l0 [2, 2]
        weight_hh_l0 [2, 2]
        bias_ih_l0 [2]
        bias_hh_l0 [2]
        norm.0.weight [2]
        norm.0.bias [2]
        weight_ih_l1 [2, 4]
        weight_hh_l1 [2, 2]
        bias_ih_l1 [2]
        bias_hh_l1 [2]
        head.0.weight [4, 4]
        head.0.bias [4]
        output.weight [1, 4]
        output.bias [1]""",
        network.parameters().toString());
    assertEquals(
        """
        t1 = [x; delay2]
        layer0.h' = tanh(((weight_ih_l0·t1 + bias_ih_l0) + (weight_hh_l0·layer0.h + bias_hh_l0)))
        t3 = layer0.h' + t1
        t4 = t3 − repeat2(sum(t3)·0.5)
        t5 = t4 / repeat2(√((0.5·sum(t4·t4) + 1.0E-5)))·norm.0.weight + norm.0.bias
        layer1.h' = relu(((weight_ih_l1·[t5; t1] + bias_ih_l1) + (weight_hh_l1·layer1.h + bias_hh_l1)))
        delay0' = x
        delay1' = delay0
        delay2' = delay1
        y = output.weight·relu((head.0.weight·[(layer1.h' + t5); t1] + head.0.bias)) + output.bias""",
        network.program().toString());
  }

  @Test
  void cellsAreFoundByName() {
    for (Cell cell : Cell.builtIn()) {
      assertEquals(cell, Cell.named(cell.label()));
      assertEquals(cell, Cell.named(cell.label().toUpperCase(Locale.ROOT)));
    }
    refused(() -> Cell.named("transformer"), "'transformer'", "rnn-tanh, rnn-relu, gru, lstm");
    var lru = Cell.named("LRU:units=7:least=0.5");
    assertEquals("lru:units=7:least=0.5", lru.label());
    assertEquals(new Lru(7, new Ring(0.5, 1, 2 * Math.PI)), lru.equations());
    assertEquals(lru, Cell.named(lru.label()));
    refused(() -> Cell.named("lru:units"), "'units' is no parameter", "name=value");
    refused(() -> Cell.named("lru:units=many"), "units=many", "a whole number");
    refused(() -> Cell.named("lru:units=7:units=8"), "'units' is said twice");
    refused(
        () -> Cell.named("lru:heads=2"),
        "no parameter 'heads'",
        "largest, least, phase, recurrent-dropout");
    refused(() -> Cell.named("lru:least=2"), "0 ≤ least < largest ≤ 1", "least=2.0");
    for (String wrong :
        List.of(
            "least=-1",
            "least=nan",
            "least=-infinity",
            "largest=nan",
            "largest=infinity",
            "least=0.9999999",
            "largest=1e-170",
            "phase=1e300",
            "phase=nan",
            "phase=infinity",
            "phase=-1",
            "phase=0",
            "phase=1e-300",
            "phase=6.3")) {
      String name = wrong.substring(0, wrong.indexOf('=') + 1);
      refused(() -> Cell.named("lru:" + wrong), name);
      refused(() -> Cell.named("rtu:" + wrong), name);
    }
    var edge = Cell.named("rtu:least=0.999999:phase=0.000001");
    var theta = new Network(NetworkSpec.of(edge, 1, 9, 1)).initialise(new SplitMix64(3));
    for (float value : theta.values()) {
      assertTrue(Float.isFinite(value));
    }
    refused(() -> Cell.named("rtu:form=square"), "form=square", "linear, nonlinear");
    refused(() -> new Cell(" ", Cell.GRU), "needs a name");
  }

  @Test
  void whatIsSaidOfACellHasToGoWithItsUnits() {
    refusedOf(8, "slstm:heads=3", "heads=3", "8 units");
    refusedOf(8, "slstm:heads=8", "heads=8", "norm=none");
    refused(() -> Cell.named("slstm:heads=0"), "heads=0");
    refusedOf(8, "projected-lstm:size=8", "size=8", "8 units");
    refusedOf(8, "projected-lstm:size=-1", "size=-1");
    new Network(NetworkSpec.of(Cell.named("projected-lstm:size=7"), 1, 8, 1));
    new Network(NetworkSpec.of(Cell.named("projected-lstm"), 1, 1, 1));
  }

  private static void refusedOf(int hidden, String cell, String... words) {
    refused(() -> new Network(NetworkSpec.of(Cell.named(cell), 1, hidden, 1)), words);
  }

  @Test
  void aTiedOutputHasNoWeightsOfItsOwn() {
    var spec = NetworkSpec.of(Cell.LSTM, new Input.Embedding(7, 5), 5, 7).withTiedOutput();
    assertTrue(!new Network(spec).parameters().has("output.weight"));
    Parameters theta = new Network(spec).initialise(new SplitMix64(1));
    for (float weight : theta.get("embedding.weight")) {
      assertTrue(Math.abs(weight) <= 1 / Math.sqrt(5));
    }
  }

  @Test
  void initialValuesAreUniformInOneOverRootH() {
    var spec = NetworkSpec.of(Cell.GRU, 30, 25, 10).withLearnedInitialState();
    Parameters theta = new Network(spec).initialise(new SplitMix64(1));
    double sum = 0;
    float[] weights = theta.get("weight_ih_l0");
    for (float weight : weights) {
      assertTrue(Math.abs(weight) <= 0.2f);
      sum += weight * weight;
    }
    assertEquals(0.04 / 3, sum / weights.length, 0.001); // variance of a uniform distribution
    assertArrayEquals(new float[25], theta.get("initial.layer0.h"));
  }

  @Test
  void specsAreChecked() {
    refused(() -> NetworkSpec.of(Cell.LSTM, 1, -1, 1), "hidden", "-1");
    refused(() -> NetworkSpec.of(Cell.LSTM, 1, 1 << 25, 1), "hidden", "33554432");
    refused(() -> NetworkSpec.of(Cell.LSTM, 0, 1, 1), "at least 1 feature", "0");
    refused(() -> NetworkSpec.of(Cell.LSTM, 1, 1, -2), "outputs", "-2");
    refused(() -> NetworkSpec.of(Cell.LSTM, 1, 1, 1).withLayers(0), "layers", "0");
    refused(
        () -> NetworkSpec.of(Cell.LSTM, 1, 1, 1).withLayers(2_000_000_000),
        "layers must be 1 to 1024, found 2000000000");
    refused(() -> NetworkSpec.of(Cell.LSTM, 1, 1, 1).withDropout(1), "dropout", "1.0");
    refused(() -> NetworkSpec.of(Cell.LSTM, 1, 1, 1).withDropout(Float.NaN), "dropout", "NaN");
    refused(() -> NetworkSpec.of(Cell.LSTM, 1, 1, 1).withTiedOutput(), "tied", "Numeric");
    refused(() -> NetworkSpec.of(Cell.LSTM, 1, 1, 1).withLayer(Cell.GRU, 0), "hidden", "0");
    refused(() -> NetworkSpec.of(Cell.LSTM, 1, 1, 1).withHead(3, 0), "a head", "[3, 0]");
    refused(() -> NetworkSpec.of(Cell.LSTM, 1, 1, 1).withTaps(), "taps", "at least one", "[]");
    refused(() -> NetworkSpec.of(Cell.LSTM, 1, 1, 1).withTaps(1, -1), "taps", "[1, -1]");
    refused(() -> NetworkSpec.of(Cell.LSTM, 1, 1, 1).withProjection(-1), "projection", "-1");
    var input = new Input.Embedding(7, 4);
    refused(
        () -> NetworkSpec.of(Cell.LSTM, input, 4, 7).withSkips().withTiedOutput(), "7 classes × 8");
    refused(() -> NetworkSpec.of(Cell.LSTM, input, 5, 7).withTiedOutput(), "7 classes × 5");
    refused(() -> new Input.OneHot(0), "classes", "0");
    refused(() -> new Input.OneHot((1 << 24) + 1), "16777217");
    refused(() -> new Input.Embedding(3, 0), "size", "0");
  }

  @Test
  void modelsTooLargeForOneVectorAreRefused() {
    refused(
        () -> new Network(NetworkSpec.of(Cell.LSTM, 1, 100_000, 1)),
        "weight_hh_l0",
        "[400000, 100000]");
  }

  @Test
  void indicesOutOfRangeAreNamedAndChangeNothing() {
    for (var input : new Input[] {new Input.OneHot(3), new Input.Embedding(3, 2)}) {
      var network = new Network(NetworkSpec.of(Cell.RNN_TANH, input, 4, 2));
      Parameters theta = network.initialise(new SplitMix64(1));
      var tape = network.open(theta, TapeOptions.training(2, 5));
      for (float wrong : new float[] {3, -1, 0.5f, Float.NaN, Float.POSITIVE_INFINITY}) {
        Steps indices = Steps.allocate(2, 2, 1);
        indices.set(1, 0, 0, wrong);
        refused(
            () -> tape.forward(indices), "step 1, lane 0", String.valueOf(wrong), "from 0 to 2");
        assertEquals(0, tape.held());
      }
    }
  }

  @Test
  void aOneHotInputIsAColumnOfTheInputWeights() {
    var network = new Network(NetworkSpec.of(Cell.RNN_RELU, new Input.OneHot(3), 2, 0));
    var theta = new Parameters(network.parameters());
    theta.set("weight_ih_l0", 1, 2, 3, 4, 5, 6);
    var tape = network.open(theta, TapeOptions.training(1, 1));
    tape.forward(Steps.of(new float[] {1}, 1, 1, 1));
    assertArrayEquals(new float[] {2, 5}, tape.outputs(1).copy().values());
  }

  @Test
  void aLearnedInitialStateIsWhereSequencesBeginAndNotWhereRestoredOnesDo() {
    var network = new Network(NetworkSpec.of(Cell.LSTM, 1, 2, 0).withLearnedInitialState());
    Parameters theta = network.initialise(new SplitMix64(1));
    theta.set("initial.layer0.c", 3, 4);
    var tape = network.open(theta, TapeOptions.training(1, 3));
    assertArrayEquals(new float[] {3, 4}, tape.state().array("layer0.c"));
    var state = new State(network.state(), 1);
    state.set("layer0.c", 7, 8);
    tape.restore(state);
    assertArrayEquals(new float[] {7, 8}, tape.state().array("layer0.c"));
    tape.reset(0);
    assertArrayEquals(new float[] {3, 4}, tape.state().array("layer0.c"));
    theta.set("initial.layer0.c", 5, 6);
    tape.parametersChanged();
    assertArrayEquals(new float[] {5, 6}, tape.state().array("layer0.c"));
  }

  @Test
  void checkpointsOfOtherTapesAreRefused() {
    var network = new Network(NetworkSpec.of(Cell.GRU, 1, 2, 1));
    Parameters theta = network.initialise(new SplitMix64(1));
    var options = TapeOptions.training(1, 12);
    var tape = network.open(theta, options);
    for (int t = 0; t < 12; t++) {
      tape.forward(Steps.allocate(1, 1, 1));
      tape.parametersChanged();
    }
    var full = new Snapshot();
    tape.save(full);
    refused(() -> network.open(theta, TapeOptions.training(1, 5)).load(full), "12 steps", "for 5");
    refused(() -> network.open(theta, TapeOptions.training(2, 12)).load(full), "12 values", "24");
    tape.restore(tape.state());
    var empty = new Snapshot();
    tape.save(empty);
    refused(() -> network.open(theta, TapeOptions.training(1, 5)).load(empty), "version 11");
    var wider = new Network(NetworkSpec.of(Cell.GRU, 1, 3, 1));
    var other = wider.initialise(new SplitMix64(1));
    refused(() -> wider.open(other, TapeOptions.training(1, 12)).load(full), "expected 36");
  }

  // ---- dropout ------------------------------------------------------------------------------

  private static final int HIDDEN = 40;
  private final Network dropping =
      new Network(NetworkSpec.of(Cell.RNN_RELU, 1, HIDDEN, 0).withLayers(2).withDropout(0.25f));

  /** Layer 0 gives ones, layer 1 passes on what it sees. */
  private Parameters identity() {
    var theta = new Parameters(dropping.parameters());
    float[] ones = new float[HIDDEN];
    Arrays.fill(ones, 1);
    theta.set("bias_ih_l0", ones);
    float[] identity = new float[HIDDEN * HIDDEN];
    for (int j = 0; j < HIDDEN; j++) {
      identity[j * HIDDEN + j] = 1;
    }
    theta.set("weight_ih_l1", identity);
    return theta;
  }

  @Test
  void dropoutScalesWhatItKeeps() {
    var tape = dropping.open(identity(), TapeOptions.training(3, 100).withOutputWindow(100));
    tape.forward(Steps.allocate(100, 3, 1));
    float[] outputs = tape.outputs(100).copy().values();
    int kept = 0;
    for (float output : outputs) {
      assertTrue(output == 0 || output == 1 / 0.75f, () -> "found " + output);
      kept += output != 0 ? 1 : 0;
    }
    assertEquals(0.75, kept / (double) outputs.length, 0.02); // five standard deviations
    int half = outputs.length / 2;
    assertTrue(
        !Arrays.equals(Arrays.copyOf(outputs, half), Arrays.copyOfRange(outputs, half, 2 * half)));
  }

  @Test
  void dropoutIsOffInInference() {
    var tape = dropping.open(identity(), TapeOptions.inference(1));
    tape.forward(Steps.allocate(1, 1, 1));
    float[] ones = new float[HIDDEN];
    Arrays.fill(ones, 1);
    assertArrayEquals(ones, tape.outputs(1).copy().values());
  }

  @Test
  void masksDependOnTheSeedAndNotOnTheBlocks() {
    var options = TapeOptions.training(2, 8).withOutputWindow(8);
    var whole = dropping.open(identity(), options);
    var single = dropping.open(identity(), options);
    var other = dropping.open(identity(), options.withSeed(1));
    whole.forward(Steps.allocate(8, 2, 1));
    other.forward(Steps.allocate(8, 2, 1));
    for (int t = 0; t < 8; t++) {
      single.forward(Steps.allocate(1, 2, 1));
    }
    float[] expected = whole.outputs(8).copy().values();
    assertArrayEquals(expected, single.outputs(8).copy().values());
    assertTrue(!Arrays.equals(expected, other.outputs(8).copy().values()));
  }

  @Test
  void aReplayKeepsTheMasks() {
    var options =
        TapeOptions.training(2, 8).withOutputWindow(8).withWeightPolicy(WeightPolicy.REPLAY);
    Parameters theta = identity();
    var tape = dropping.open(theta, options);
    tape.forward(Steps.allocate(8, 2, 1));
    float[] before = tape.outputs(8).copy().values();
    float[] twos = new float[HIDDEN];
    Arrays.fill(twos, 2);
    theta.set("bias_ih_l0", twos);
    tape.parametersChanged();
    float[] after = tape.outputs(8).copy().values();
    for (int i = 0; i < before.length; i++) {
      assertEquals(2 * before[i], after[i]);
    }
  }
}
