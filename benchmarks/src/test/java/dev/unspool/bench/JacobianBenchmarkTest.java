// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the Jacobian benchmark compares is the same thing, also before the window is full. */
class JacobianBenchmarkTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void libtorchDifferentiatesTheSameFunction(int features) {
    double difference = JacobianBenchmark.difference(features, 70);
    assertTrue(difference < 1e-5, "differs by " + difference + " of the largest");
  }
}
