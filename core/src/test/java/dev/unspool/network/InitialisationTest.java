// SPDX-License-Identifier: Apache-2.0
package dev.unspool.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.step.Initialiser;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InitialisationTest {
  private static final int HIDDEN = 17;
  private static final NetworkSpec SPEC =
      NetworkSpec.of(Cell.LSTM, new Input.Embedding(50, 9), HIDDEN, 50)
          .withLayers(2)
          .withLearnedInitialState();

  private static Parameters draw(NetworkSpec spec, Initialisation how) {
    return new Network(spec).initialise(how, new SplitMix64(3));
  }

  private static double largest(float[] values) {
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  private static double deviation(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum / values.length);
  }

  @Test
  void pytorchIsWhatAModelDoesByItself() {
    Parameters theta = new Network(SPEC).initialise(new SplitMix64(3));
    assertArrayEquals(theta.values(), draw(SPEC, Initialisation.PYTORCH).values());
    assertEquals(1, deviation(theta.get("embedding.weight")), 0.1);
  }

  @Test
  void uniformFillsItsBoundsEverywhereButInTheInitialState() {
    Parameters theta = draw(SPEC, Initialisation.uniform(0.1));
    for (var slice : theta.layout().slices()) {
      float[] values = theta.get(slice.name());
      if (slice.name().startsWith("initial.")) {
        assertEquals(0, largest(values), slice.name());
      } else {
        assertTrue(largest(values) <= 0.1f && largest(values) > 0.08, slice.name());
        assertEquals(0.1 / Math.sqrt(3), deviation(values), 0.02, slice.name());
      }
    }
  }

  @Test
  void normalHasItsDeviation() {
    Parameters theta = draw(SPEC, Initialisation.normal(0.02));
    assertEquals(0.02, deviation(theta.get("embedding.weight")), 0.002);
    assertEquals(0.02, deviation(theta.get("weight_hh_l1")), 0.002);
  }

  @Test
  void orthogonalHasGatesWhoseRowsAndColumnsAreOrthonormal() {
    Parameters theta = draw(SPEC, Initialisation.ORTHOGONAL);
    assertOrthogonal(theta, "weight_hh_l1", HIDDEN, 4);
    double glorot = Math.sqrt(6.0 / (HIDDEN + 9));
    double found = largest(theta.get("weight_ih_l0"));
    assertTrue(found <= (float) glorot && found > 0.95 * glorot, () -> "found " + found);
    assertEquals(0, largest(theta.get("bias_ih_l0")));
    assertEquals(0.05, largest(theta.get("embedding.weight")), 0.002);
  }

  private static void assertOrthogonal(Parameters theta, String name, int units, int gates) {
    float[] w = theta.get(name);
    assertEquals(gates * units * units, w.length);
    for (int gate = 0; gate < gates; gate++) {
      for (int i = 0; i < units; i++) {
        for (int j = 0; j < units; j++) {
          double dot = 0;
          for (int k = 0; k < units; k++) {
            dot += w[(gate * units + k) * units + i] * w[(gate * units + k) * units + j];
          }
          assertEquals(i == j ? 1 : 0, dot, 1e-6, name + ", gate " + gate);
        }
      }
    }
  }

  /**
   * Also where some units of the state are dropped out on their way back, or each head has some.
   */
  @Test
  void recurrentWeightsAreOrthogonalWhateverStandsBeforeThem() {
    for (String cell : new String[] {"lstm:recurrent-dropout=0.2", "gru:recurrent-dropout=0.2"}) {
      var spec = NetworkSpec.of(Cell.named(cell), 3, 8, 1);
      int gates = cell.startsWith("lstm") ? 4 : 3;
      assertOrthogonal(draw(spec, Initialisation.ORTHOGONAL), "weight_hh_l0", 8, gates);
    }
    var theta =
        draw(NetworkSpec.of(Cell.named("slstm:heads=2"), 3, 8, 1), Initialisation.ORTHOGONAL);
    assertOrthogonal(theta, "weight_hh_head0_l0", 4, 4);
    assertOrthogonal(theta, "weight_hh_head1_l0", 4, 4);
  }

  @Test
  void theForgetGatesOfAllLayersBeginWithTheirBiasAndNothingElseChanges() {
    var plain = draw(SPEC, Initialisation.uniform(0.1));
    var theta = draw(SPEC, Initialisation.uniform(0.1).withForgetBias(1.5));
    for (int layer = 0; layer < 2; layer++) {
      float[] first = theta.get("bias_ih_l" + layer);
      float[] second = theta.get("bias_hh_l" + layer);
      for (int i = 0; i < 4 * HIDDEN; i++) {
        boolean forget = i >= HIDDEN && i < 2 * HIDDEN;
        assertEquals(forget ? 1.5f : plain.get("bias_ih_l" + layer)[i], first[i]);
        assertEquals(forget ? 0 : plain.get("bias_hh_l" + layer)[i], second[i]);
      }
    }
    assertArrayEquals(plain.get("weight_hh_l1"), theta.get("weight_hh_l1"));
    assertArrayEquals(plain.get("output.bias"), theta.get("output.bias"));
  }

  @Test
  void aCellWithoutForgetGatesRefusesTheirBias() {
    var spec = NetworkSpec.of(Cell.GRU, 1, 3, 1);
    var how = Initialisation.PYTORCH.withForgetBias(1.0);
    var e = assertThrows(IllegalArgumentException.class, () -> draw(spec, how));
    assertTrue(e.toString().contains("no cell here has a forget gate"), e.toString());
  }

  @Test
  void whatItsAuthorLetsBeginAsANumberDoesSo() {
    for (String how : new String[] {"pytorch", "uniform:0.1", "normal:0.1", "orthogonal"}) {
      Parameters theta = draw(SPEC.withResiduals().withNormalisation(), Initialisation.parse(how));
      assertArrayEquals(filled(1, HIDDEN), theta.get("norm.0.weight"), how);
      assertArrayEquals(new float[HIDDEN], theta.get("norm.0.bias"), how);
      assertArrayEquals(new float[HIDDEN], theta.get("initial.layer1.c"), how);
      assertTrue(largest(theta.get("residual.0.weight")) > 0, how);
    }
  }

  /**
   * It says which gates it has, in two statements of one bias each, and one vector that is none.
   */
  @Test
  void aCellOfOnesOwnHasForgetGatesWhereItSaysSo() {
    Cell own =
        new Cell(
            "own",
            (s, x, hidden) -> {
              s.gates(hidden, "candidate", "forget");
              var h = s.state("h", hidden);
              var z =
                  s.linear("in", "in_bias", x, 2 * hidden)
                      .plus(s.linear("back", "back_bias", h, 2 * hidden));
              s.initialise(Initialiser.uniform(3));
              var scaled = z.times(s.vector("scale", 2 * hidden));
              var f = scaled.part(1, 2).sigmoid();
              return s.next(h, f.times(h).plus(f.oneMinus().times(scaled.part(0, 2).tanh())));
            });
    var spec = NetworkSpec.of(own, 3, 4, 1).withLayer(Cell.GRU, 3);
    Parameters theta = draw(spec, Initialisation.ORTHOGONAL.withForgetBias(2.0));
    assertArrayEquals(new float[] {0, 0, 0, 0, 2, 2, 2, 2}, theta.get("in_bias_l0"));
    assertArrayEquals(new float[8], theta.get("back_bias_l0"));
    assertTrue(largest(theta.get("scale_l0")) > 1, "as its author says");
    float[] back = theta.get("back_l0");
    double dot = 0;
    for (int j = 0; j < 4; j++) {
      dot += back[j] * back[j];
    }
    assertEquals(1, dot, 1e-6, "a row of an orthogonal matrix");
  }

  private static float[] filled(float value, int size) {
    var values = new float[size];
    Arrays.fill(values, value);
    return values;
  }

  @ParameterizedTest
  @CsvSource({"pytorch, PYTORCH, 0", "uniform:0.1, UNIFORM, 0.1", "normal:0.02, NORMAL, 0.02"})
  void aTextIsReadAsItIsPrinted(String text, Initialisation.Scheme scheme, double size) {
    var how = Initialisation.parse(text);
    assertEquals(new Initialisation(scheme, size, null), how);
    assertEquals(text, how.toString());
    assertEquals(text + ", forget bias 1.0", how.withForgetBias(1.0).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "uniform", "uniform:", "uniform:x", "pytorch:1", "xavier", "Uniform:1"})
  void anotherTextIsRefused(String text) {
    var e = assertThrows(IllegalArgumentException.class, () -> Initialisation.parse(text));
    assertTrue(e.toString().contains("'" + text + "'; expected pytorch"), e.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"uniform:0", "uniform:-0.1", "normal:NaN", "normal:Infinity"})
  void sizesThatDrawNothingAreRefused(String text) {
    var e = assertThrows(IllegalArgumentException.class, () -> Initialisation.parse(text));
    assertTrue(e.toString().contains("needs a size above 0"), e.toString());
    assertEquals(1, Arrays.stream(e.toString().split("\n")).count());
  }

  /** Both gates of a unit are of one number, and a second bias adds nothing. */
  @Test
  void chronoRemembersUpToSoManySteps() {
    var lstm = new Network(NetworkSpec.of(Cell.LSTM, 2, 50, 1).withLayers(2));
    var theta = lstm.initialise(Initialisation.chrono(100), new SplitMix64(1));
    for (int layer = 0; layer < 2; layer++) {
      float[] bias = theta.get("bias_ih_l" + layer);
      float[] second = theta.get("bias_hh_l" + layer);
      double longest = 0;
      for (int unit = 0; unit < 50; unit++) {
        assertEquals(-bias[unit], bias[50 + unit], "input and forget gate of unit " + unit);
        assertTrue(bias[50 + unit] >= 0 && bias[50 + unit] <= Math.log(99));
        assertEquals(0, second[unit]);
        assertEquals(0, second[50 + unit]);
        assertTrue(bias[100 + unit] != 0 && second[150 + unit] != 0, "other gates are as before");
        longest = Math.max(longest, bias[50 + unit]);
      }
      assertTrue(longest > Math.log(70), "the longest memory is e^" + longest);
    }
    var gru = new Network(NetworkSpec.of(Cell.GRU, 2, 5, 1));
    float[] kept = gru.initialise(Initialisation.chrono(9), new SplitMix64(1)).get("bias_ih_l0");
    assertTrue(kept[5] > 0, "an update gate keeps the old");
    var minimal = new Network(NetworkSpec.of(Cell.named("mingru"), 2, 5, 1));
    float[] let = minimal.initialise(Initialisation.chrono(9), new SplitMix64(1)).get("bias_ih_l0");
    assertTrue(let[0] < 0, "an input gate lets in the new");
    var lru = new Network(NetworkSpec.of(Cell.named("lru"), 2, 5, 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> lru.initialise(Initialisation.chrono(9), new SplitMix64(1)));
    assertEquals(Initialisation.chrono(9), Initialisation.parse("chrono:9"));
    assertThrows(IllegalArgumentException.class, () -> Initialisation.chrono(2));
    assertThrows(
        IllegalArgumentException.class, () -> Initialisation.chrono(9).withForgetBias(1.0));
  }

  /** Whatever else is drawn, eigenvalues begin on their ring. */
  @Test
  void aRingIsKept() {
    var network = new Network(NetworkSpec.of(Cell.named("lru:least=0.8:largest=0.9"), 2, 30, 1));
    for (String scheme : new String[] {"pytorch", "uniform:0.1", "orthogonal"}) {
      var theta = network.initialise(Initialisation.parse(scheme), new SplitMix64(2));
      float[] nu = theta.get("nu_log_l0");
      float[] gamma = theta.get("gamma_log_l0");
      for (int i = 0; i < nu.length; i++) {
        double modulus = Math.exp(-Math.exp(nu[i]));
        assertTrue(modulus > 0.7999 && modulus < 0.9001, scheme + ": " + modulus);
        assertEquals(Math.sqrt(1 - modulus * modulus), Math.exp(gamma[i]), 1e-5, scheme);
      }
    }
  }
}
