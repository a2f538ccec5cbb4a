// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.unspool.cli.html.Page;
import dev.unspool.cli.report.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What there is at which path. Only reading is possible, and nothing on the disk can be reached. A
 * page of another site that has its name point to this machine (DNS rebinding) is refused by the
 * name that it asks for.
 */
final class Site implements HttpHandler {
  private static final int OK = 200;
  private static final int BAD_REQUEST = 400;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int NOT_ALLOWED = 405;
  private static final int UNAVAILABLE = 503;
  private static final long BEAT_MILLIS = 5000;
  private static final String PLAIN = "text/plain; charset=utf-8";
  private static final Pattern THIS_MACHINE =
      Pattern.compile("(?i)(localhost|127(\\.\\d{1,3}){3}|\\[::1])\\.?(:\\d{1,5})?");

  private final Page page;
  private final Feed feed;
  private final Deliveries deliveries;
  private final Supplier<@Nullable Standing> standing;
  private final boolean forAll;

  /**
   * A site.
   *
   * @param deliveries takes note of what is being sent
   * @param forAll whether any name of it will do, since it is not for this machine alone
   */
  Site(
      Page page,
      Feed feed,
      Deliveries deliveries,
      Supplier<@Nullable Standing> standing,
      boolean forAll) {
    this.page = page;
    this.feed = feed;
    this.deliveries = deliveries;
    this.standing = standing;
    this.forAll = forAll;
  }

  /** An event as it is sent. */
  static byte[] event(String name, String data) {
    return "event: %s\ndata: %s\n\n".formatted(name, data).getBytes(UTF_8);
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (Deliveries.Delivery delivery = deliveries.begin();
        exchange) { // closed first, which writes what is left
      Headers headers = exchange.getResponseHeaders();
      headers.set("Cache-Control", "no-store");
      headers.set("X-Content-Type-Options", "nosniff");
      headers.set("Referrer-Policy", "no-referrer");
      headers.set("Cross-Origin-Resource-Policy", "same-origin");
      headers.set("Content-Security-Policy", page.policy() + "; frame-ancestors 'none'");
      String method = exchange.getRequestMethod();
      String host = exchange.getRequestHeaders().getFirst("Host");
      if (host == null && !forAll) {
        say(exchange, BAD_REQUEST, "the request does not say which host it is for");
      } else if (!forAll && !THIS_MACHINE.matcher(String.valueOf(host)).matches()) {
        say(
            exchange,
            FORBIDDEN,
            "this page is for its own machine, under localhost or 127.0.0.1; start it with --http HOST:PORT to show it to others");
      } else if (!method.equals("GET") && !method.equals("HEAD")) {
        headers.set("Allow", "GET, HEAD");
        say(exchange, NOT_ALLOWED, "there is nothing to be done here but to read, by GET or HEAD");
      } else {
        answer(exchange, delivery, String.valueOf(exchange.getRequestURI().getRawPath()));
      }
    }
  }

  private void answer(HttpExchange exchange, Deliveries.Delivery delivery, String path)
      throws IOException {
    long now = System.nanoTime();
    switch (path) {
      case "/" -> send(exchange, OK, "text/html; charset=utf-8", page.html());
      case "/events" -> events(exchange, delivery);
      case "/metrics" ->
          send(
              exchange,
              OK,
              Exposition.TYPE,
              Exposition.of(standing.get(), feed.load(), now, Instant.now()));
      case "/health" -> {
        Health health = Health.of(standing.get(), now);
        send(
            exchange, health.ok() ? OK : UNAVAILABLE, "application/json", Json.line(health) + "\n");
      }
      default ->
          say(exchange, NOT_FOUND, "there is /, /events, /metrics and /health, and nothing else");
    }
  }

  private static void say(HttpExchange exchange, int status, String line) throws IOException {
    send(exchange, status, PLAIN, line + "\n");
  }

  private static void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] body = text.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  /** Sends what comes until the stream ends or the reader has gone. */
  private void events(HttpExchange exchange, Deliveries.Delivery delivery) throws IOException {
    if (exchange.getRequestMethod().equals("HEAD")) {
      send(exchange, OK, "text/event-stream", "");
      return;
    }
    try (Feed.Reader reader = feed.open()) {
      if (reader == null) {
        say(exchange, UNAVAILABLE, "as many look at this page as may; try again later");
        return;
      }
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
      exchange
          .getResponseHeaders()
          .set("X-Accel-Buffering", "no"); // a proxy would hold events back
      exchange.sendResponseHeaders(OK, 0);
      OutputStream out = exchange.getResponseBody();
      List<byte[]> events = next(reader, delivery);
      while (events != null) {
        for (byte[] event : events) {
          out.write(event);
        }
        if (events.isEmpty()) {
          // Silence of the stream is told too; and who has gone is noticed.
          out.write(event("health", Json.line(Health.of(standing.get(), System.nanoTime()))));
        }
        out.flush();
        events = next(reader, delivery);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static @Nullable List<byte[]> next(Feed.Reader reader, Deliveries.Delivery delivery)
      throws InterruptedException {
    delivery.rest();
    List<byte[]> events = reader.take(BEAT_MILLIS);
    delivery.resume();
    return events;
  }
}
