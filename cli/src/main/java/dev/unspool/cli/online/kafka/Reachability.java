// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online.kafka;

import java.util.function.Consumer;
import org.apache.kafka.common.Metric;

/** Tells once that no broker answers, and once that one does again. */
final class Reachability {
  private static final long PATIENCE_NANOS = 5_000_000_000L;

  private final Metric received;
  private final String brokers;
  private final Consumer<String> warnings;
  private long heard = System.nanoTime();
  private double bytes = -1;
  private boolean told;

  Reachability(
      org.apache.kafka.clients.consumer.Consumer<?, ?> consumer,
      String brokers,
      Consumer<String> warnings) {
    this.received =
        consumer.metrics().values().stream()
            .filter(each -> each.metricName().name().equals("incoming-byte-total"))
            .filter(each -> each.metricName().group().equals("consumer-metrics"))
            .findFirst()
            .orElseThrow();
    this.brokers = brokers;
    this.warnings = warnings;
  }

  /**
   * Looks whether anything has come: whoever asks for records is answered at least twice a second,
   * even if there are none.
   */
  void look() {
    double now = (Double) received.metricValue();
    if (now > bytes) {
      bytes = now;
      heard();
    } else {
      silent();
    }
  }

  private void heard() {
    heard = System.nanoTime();
    if (told) {
      told = false;
      warnings.accept("Kafka at %s answers again".formatted(brokers));
    }
  }

  private void silent() {
    if (!told && System.nanoTime() - heard > PATIENCE_NANOS) {
      told = true;
      warnings.accept("Kafka at %s does not answer; waiting until it does".formatted(brokers));
    }
  }
}
