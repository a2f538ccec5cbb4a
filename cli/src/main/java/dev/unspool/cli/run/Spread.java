// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.Numbers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A figure over several runs.
 *
 * @param mean of the runs
 * @param deviation of single runs from it (with n − 1); 0 of one run
 * @param runs that have the figure
 */
public record Spread(double mean, double deviation, int runs) {

  /** The spread of some values, at least one. */
  static Spread of(List<Double> values) {
    double mean = values.stream().mapToDouble(Double::doubleValue).sum() / values.size();
    double squares = values.stream().mapToDouble(value -> (value - mean) * (value - mean)).sum();
    double deviation = values.size() == 1 ? 0 : Math.sqrt(squares / (values.size() - 1));
    return new Spread(mean, deviation, values.size());
  }

  /** The spread of each figure that any of the runs has. */
  public static Map<String, Spread> of(Iterable<Map<String, Double>> runs) {
    var values = new LinkedHashMap<String, List<Double>>();
    for (Map<String, Double> run : runs) {
      run.forEach((name, value) -> values.computeIfAbsent(name, _ -> new ArrayList<>()).add(value));
    }
    var spreads = new LinkedHashMap<String, Spread>();
    values.forEach((name, each) -> spreads.put(name, of(each)));
    return spreads;
  }

  /** {@code 15.98 ± 0.05}; without a deviation where there is none. */
  public String describe() {
    return deviation == 0
        ? Numbers.of(mean)
        : "%s ± %s".formatted(Numbers.of(mean), Numbers.of(Numbers.rounded(deviation, 2)));
  }
}
