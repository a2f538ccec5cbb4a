// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.cli.online.StreamPage;
import dev.unspool.cli.online.StreamStatus;
import dev.unspool.cli.online.WatchedRows;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class LivePageTest {
  private static final LivePage.Facts FACTS =
      new LivePage.Facts("run", List.of("y"), List.of(1), 0.9, false);

  static StreamPage.View view(long records, long inARow, boolean fails, int rows) {
    var status =
        new StreamStatus(
            "2026-01-01T00:00:00Z", records, 0, 10, 1, 5, Map.of(), 7, List.of(), null);
    var seen = new WatchedRows("", Collections.nCopies(rows, 1_000_000L), null, List.of());
    return new StreamPage.View(
        status, new StreamPage.Condition(inARow, null, fails), List.of(seen));
  }

  private static long later(double seconds) {
    return (long) (seconds * 1e9);
  }

  private static void state(Health.State state, boolean ok, Health health) {
    assertEquals(state, health.state());
    assertEquals(ok, health.ok());
    assertEquals(ok, health.reason() == null);
  }

  @Test
  void healthSaysWhatIsWrong() {
    state(Health.State.STARTING, true, Health.of(null, 0));
    Standing first = Standing.next(null, view(5, 0, false, 0), 0);
    Standing second = Standing.next(first, view(9, 0, false, 0), later(1));
    state(Health.State.RUNNING, true, Health.of(second, later(2)));
    Standing idle = Standing.next(second, view(9, 0, false, 0), later(8));
    state(Health.State.WAITING, true, Health.of(idle, later(8)));
    assertEquals(7.0, idle.recordAge(later(8)));
    state(Health.State.STUCK, false, Health.of(idle, later(19)));
    Standing bad = Standing.next(idle, view(30, 10, false, 0), later(20));
    state(Health.State.DIVERGED, false, Health.of(bad, later(20)));
    Standing full = Standing.next(bad, view(31, 9, true, 0), later(21));
    Health failing = Health.of(full, later(21));
    state(Health.State.SNAPSHOT_FAILING, false, failing);
    assertTrue(String.valueOf(failing.reason()).contains("record 7"), failing::toString);
    state(
        Health.State.RUNNING,
        true,
        Health.of(Standing.next(full, view(32, 0, false, 0), later(22)), later(22)));
  }

  @Test
  void whatIsNotWellIsUnavailable() throws Exception {
    try (LivePage page = LivePage.open("0");
        HttpClient http = HttpClient.newHttpClient()) {
      page.begin(FACTS);
      page.show(view(1, 0, true, 0));
      var answer =
          http.send(
              HttpRequest.newBuilder(URI.create(page.address() + "health")).build(),
              BodyHandlers.ofString());
      assertEquals(503, answer.statusCode());
      assertTrue(answer.body().contains("\"state\":\"snapshot-failing\""), answer::body);
      assertTrue(answer.body().contains("could not be written"), answer::body);
    }
  }

  /**
   * One reader takes nothing, another one has gone: the stream goes on at once, and both are
   * dropped.
   */
  @Test
  void readersThatTakeNothingHoldUpNobodyAndAreDropped() throws Exception {
    try (LivePage page = LivePage.open("0", later(0.2))) {
      page.begin(FACTS);
      int port = URI.create(page.address()).getPort();
      try (var stalled = new Socket(InetAddress.getLoopbackAddress(), port)) {
        var gone = new Socket(InetAddress.getLoopbackAddress(), port);
        for (Socket each : List.of(stalled, gone)) {
          each.setReceiveBufferSize(4096);
          each.getOutputStream()
              .write("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
          assertEquals('H', each.getInputStream().read());
        }
        gone.close();
        assertTimeoutPreemptively(
            Duration.ofSeconds(60),
            () -> {
              // Each some hundred kilobytes: more than lies in between for the one that takes
              // nothing.
              for (long records = 2; page.load().readers() > 0; records++) {
                page.show(view(records, 0, false, 50_000));
                Thread.onSpinWait();
              }
            });
        assertEquals(0, page.load().readers());
      }
    }
  }

  /**
   * A hundred clients that say nothing, or half of what they want: others are answered, and both
   * are dropped. More than there may be are not taken.
   */
  @Test
  void clientsThatSayNothingHoldUpNobodyAndAreDropped() throws Exception {
    var clients = new ArrayList<Socket>();
    try (LivePage page = LivePage.open("0");
        HttpClient http = HttpClient.newHttpClient()) {
      page.begin(FACTS);
      page.show(view(1, 0, false, 0));
      URI address = URI.create(page.address());
      for (int i = 0; i < 100; i++) {
        var client = new Socket(InetAddress.getLoopbackAddress(), address.getPort());
        clients.add(client);
        if (i % 2 == 1) {
          client.getOutputStream().write("GET /metrics HTTP/1.1\r\nHo".getBytes(UTF_8));
        }
      }
      var health = HttpRequest.newBuilder(address.resolve("health")).build();
      assertEquals(200, http.send(health, BodyHandlers.discarding()).statusCode());
      while (clients.size() < LivePage.MOST_CONNECTIONS + 50) {
        clients.add(new Socket(InetAddress.getLoopbackAddress(), address.getPort()));
      }
      page.show(view(2, 0, false, 0));
      assertTimeoutPreemptively(
          Duration.ofSeconds(100),
          () -> {
            for (Socket client : clients) {
              assertTrue(isClosed(client), "a client was answered that has asked nothing");
            }
          });
      assertEquals(200, http.send(health, BodyHandlers.discarding()).statusCode());
    } finally {
      for (Socket client : clients) {
        client.close();
      }
    }
  }

  /** As many as there may be ask for the page and never take it: others are answered after them. */
  @Test
  void clientsThatTakeNoAnswerAreDropped() throws Exception {
    var clients = new ArrayList<Socket>();
    try (LivePage page = LivePage.open("0", later(0.2));
        HttpClient http = HttpClient.newHttpClient()) {
      page.begin(FACTS);
      page.show(view(1, 0, false, 0));
      URI address = URI.create(page.address());
      byte[] often = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(500).getBytes(UTF_8);
      while (clients.size() < LivePage.MOST_CONNECTIONS) {
        var client = new Socket();
        clients.add(client);
        client.setReceiveBufferSize(1024);
        client.connect(new InetSocketAddress(address.getHost(), address.getPort()));
        client.getOutputStream().write(often);
      }
      var health = HttpRequest.newBuilder(address.resolve("health")).build();
      assertTimeoutPreemptively(
          Duration.ofSeconds(60),
          () -> {
            while (!isAnswered(http, health)) {
              Thread.onSpinWait();
            }
          });
    } finally {
      for (Socket client : clients) {
        client.close();
      }
    }
  }

  private static boolean isAnswered(HttpClient http, HttpRequest request) throws Exception {
    try {
      return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException _) {
      return false; // it was not even taken
    }
  }

  /** Waits for what comes. */
  private static boolean isClosed(Socket client) throws IOException {
    try {
      return client.getInputStream().read() < 0;
    } catch (SocketException _) {
      return true;
    }
  }

  @Test
  void addressesAreForThisMachineUnlessTheySayOtherwise() {
    assertTrue(HttpAddress.parse("8080").getAddress().isLoopbackAddress());
    assertEquals(8080, HttpAddress.parse("8080").getPort());
    assertTrue(HttpAddress.parse("[::1]:80").getAddress().isLoopbackAddress());
    assertFalse(HttpAddress.parse("0.0.0.0:80").getAddress().isLoopbackAddress());
  }
}
