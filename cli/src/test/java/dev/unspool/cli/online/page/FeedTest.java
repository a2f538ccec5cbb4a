// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class FeedTest {
  private final Feed feed = new Feed("begin".getBytes(UTF_8), 4, 100);

  private void add(String text) {
    feed.add(text.getBytes(UTF_8), false);
  }

  private static List<String> take(Feed.Reader reader) throws InterruptedException {
    return Objects.requireNonNull(reader.take(0)).stream().map(b -> new String(b, UTF_8)).toList();
  }

  private Feed.Reader open() {
    return Objects.requireNonNull(feed.open());
  }

  @Test
  void aReaderGetsWhatIsKeptAndThenWhatComes() throws InterruptedException {
    for (int i = 0; i < 6; i++) {
      add("e" + i);
    }
    Feed.Reader reader = open();
    assertEquals(List.of("begin", "e2", "e3", "e4", "e5"), take(reader));
    assertEquals(List.of(), take(reader));
    add("e6");
    add("e7");
    assertEquals(List.of("e6", "e7"), take(reader));
    assertEquals(0, feed.load().skips());
  }

  @Test
  void aReaderBeforeAnythingCameBeginsAtTheBeginning() throws InterruptedException {
    Feed.Reader reader = open();
    assertEquals(List.of("begin"), take(reader));
    add("e0");
    assertEquals(List.of("e0"), take(reader));
  }

  @Test
  void aSlowReaderBeginsAnewAndOthersDoNot() throws InterruptedException {
    Feed.Reader slow = open();
    Feed.Reader quick = open();
    take(slow);
    take(quick);
    for (int i = 0; i < 1000; i++) {
      add("e" + i);
      assertEquals(List.of("e" + i), take(quick));
    }
    assertEquals(List.of("begin", "e996", "e997", "e998", "e999"), take(slow));
    assertEquals(1, feed.load().skips());
  }

  @Test
  void whatIsKeptIsBoundedInBytesToo() throws InterruptedException {
    add("a".repeat(60));
    add("b".repeat(60));
    assertEquals(List.of("begin", "b".repeat(60)), take(open()));
    add("c".repeat(500));
    assertEquals(List.of("begin", "c".repeat(500)), take(open()), "a single one may be longer");
  }

  @Test
  void anEventInPassingGivesWayToTheNext() throws InterruptedException {
    Feed.Reader reader = open();
    add("e0");
    take(reader);
    feed.add("idle".getBytes(UTF_8), true);
    assertEquals(List.of("idle"), take(reader));
    feed.add("idle still".getBytes(UTF_8), true);
    add("e1");
    assertEquals(List.of("e1"), take(reader));
    assertEquals(List.of("begin", "e0", "e1"), take(open()));
  }

  @Test
  void readersAreCountedAndAsManyAsMay() {
    var readers = new ArrayList<Feed.Reader>();
    for (Feed.Reader reader = feed.open(); reader != null; reader = feed.open()) {
      readers.add(reader);
    }
    assertEquals(32, readers.size());
    assertEquals(32, feed.load().readers());
    readers.getFirst().close();
    assertEquals(31, feed.load().readers());
    assertNotNull(feed.open());
  }

  @Test
  void anEndIsTheEndAfterWhatWasTold() throws InterruptedException {
    Feed.Reader reader = open();
    add("e0");
    feed.close();
    assertEquals(List.of("begin", "e0"), take(reader));
    assertNull(reader.take(0));
  }
}
