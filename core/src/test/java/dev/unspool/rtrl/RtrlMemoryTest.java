// SPDX-License-Identifier: Apache-2.0
package dev.unspool.rtrl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.kernel.BatchJvm;
import org.junit.jupiter.api.Test;

/** However long real-time recurrent learning goes on: what is held does not grow. */
class RtrlMemoryTest {
  /** Bytes an update: a value of the loss, and less than any array that belongs to one. */
  static final long BOUND = 64;

  @Test
  void aMillionStepsTakeNoMoreMemoryThanAThousandAndUpdatesAllocateNothing() throws Exception {
    var numbers = BatchJvm.numbers(RtrlAllocations.class);
    var early = numbers.remove("numbers held after 1000 steps");
    assertTrue(early != null && early > 0);
    assertEquals(early, numbers.remove("numbers held after 1000000 steps"), "numbers held");
    // A value of the loss for each sweep, and less than any array that belongs to one.
    var made = numbers.remove("bytes a sweep of the second half");
    assertTrue(made != null && made < 100, made + " bytes a sweep");
    assertEquals(2, numbers.size());
    numbers.forEach((where, each) -> assertTrue(each <= BOUND, each + " bytes, " + where));
  }
}
