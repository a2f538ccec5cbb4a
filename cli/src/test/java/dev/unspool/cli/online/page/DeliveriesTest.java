// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online.page;

import static java.util.concurrent.TimeUnit.HOURS;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class DeliveriesTest {
  private final Deliveries deliveries = new Deliveries();

  private boolean isInterrupted(long patienceNanos) {
    deliveries.interruptStalled(patienceNanos);
    return Thread.interrupted();
  }

  @Test
  void whoTakesNothingForLongIsInterrupted() {
    try (Deliveries.Delivery delivery = deliveries.begin()) {
      assertTrue(isInterrupted(-1), "it has something to write");
      assertFalse(isInterrupted(HOURS.toNanos(1)), "it has only begun");
      delivery.rest();
      assertFalse(isInterrupted(-1), "it waits for something to write");
      delivery.resume();
      assertTrue(isInterrupted(-1), "it has something to write again");
    }
    assertFalse(isInterrupted(-1), "it has written all");
  }
}
