// SPDX-License-Identifier: Apache-2.0
package service;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.unspool.predict.Bands;
import dev.unspool.predict.Forecaster;
import dev.unspool.predict.Prediction;
import dev.unspool.predict.Sampling;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Forecasts over HTTP: each client sends its own rows and has its own state, which outlives a
 * restart. Reads and writes CSV, as the tables are that models learn from; a field that is empty is
 * missing.
 *
 * <pre>
 * curl localhost:8080/columns
 * curl -d '3120,11.5' 'localhost:8080/plant-7/rows?time=2024-05-01T10:00:00Z'   a row: what follows
 * curl -d '11.2,11.0' localhost:8080/plant-7/future/temperature                  known in advance
 * curl 'localhost:8080/plant-7/forecast?steps=2&paths=200&band=0.9'
 * </pre>
 *
 * <p>An answer has a column for each target and, where the model says them, for its quantiles; with
 * {@code band} the ends of the band in which so large a share of the rows shall lie, as the run's
 * own table calibrated it. {@code paths} is how many paths an unsure model draws; 0 goes on with
 * the forecast itself.
 *
 * <p>{@code ./unspool run examples/service/ForecastService.java RUN PORT STATES}, or on Java 17,
 * without building anything but one jar: {@code java -cp unspool-predict.jar ForecastService.java
 * RUN PORT STATES}.
 */
public final class ForecastService implements AutoCloseable {
  private final Forecaster model;
  private final Path states;
  private final Map<String, Forecaster> clients = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newFixedThreadPool(4);
  private final HttpServer server;

  /** A request that cannot be answered, and why. */
  private static final class BadRequest extends RuntimeException {
    private static final long serialVersionUID = 1;

    BadRequest(String message) {
      super(message);
    }
  }

  /**
   * Serves a model.
   *
   * @param port 0 for any that is free
   * @param states folder where the clients' states are kept
   */
  public ForecastService(Path run, int port, Path states) throws IOException {
    this.model = Forecaster.load(run);
    this.states = Files.createDirectories(states);
    this.server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  /** Where it listens. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Serves until it is killed. */
  public static void main(String[] args) throws IOException {
    if (args.length != 3) {
      System.err.println(
          "usage: ./unspool run examples/service/ForecastService.java RUN PORT STATES,"
              + " for example runs/load 8080 /var/lib/forecasts");
      System.exit(2);
    }
    var service =
        new ForecastService(Path.of(args[0]), Integer.parseInt(args[1]), Path.of(args[2]));
    System.out.println("Serving " + args[0] + " at http://localhost:" + service.port());
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String answer;
      int status = 200;
      try {
        answer = answer(exchange);
      } catch (BadRequest | IllegalArgumentException | IllegalStateException e) {
        answer = e.getMessage() + "\n"; // says what was found, what is expected and what to do
        status = 400;
      }
      byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/csv; charset=utf-8");
      exchange.sendResponseHeaders(status, bytes.length);
      try (OutputStream body = exchange.getResponseBody()) {
        body.write(bytes);
      }
    }
  }

  private String answer(HttpExchange exchange) throws IOException {
    String[] path = exchange.getRequestURI().getPath().substring(1).split("/", -1);
    String query = exchange.getRequestURI().getQuery();
    if (path.length == 1 && path[0].equals("columns")) {
      return String.join(",", model.columns()) + "\n";
    }
    if (path.length < 2 || !path[0].matches("[A-Za-z0-9_-]{1,64}")) {
      throw new BadRequest(
          "found " + exchange.getRequestURI() + ", expected /CLIENT/rows and so on");
    }
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    Forecaster client = client(path[0]);
    synchronized (client) { // a forecaster is for one thread at a time
      switch (path[1]) {
        case "rows":
          double[] row = numbers(model.columns(), body);
          Instant time = time(parameter(query, "time"));
          Prediction next = time == null ? client.step(row) : client.step(time, row);
          save(path[0], client);
          return table(List.of(next), null);
        case "future":
          String column = path.length > 2 ? path[2] : "";
          client.future(column, numbers(List.of(column), body));
          save(path[0], client);
          return "";
        case "forecast":
          String steps = parameter(query, "steps");
          String paths = parameter(query, "paths");
          String band = parameter(query, "band");
          Sampling sampling =
              paths == null ? Sampling.DEFAULT : new Sampling(whole("paths", paths), 1);
          Double level = band == null ? null : number("band", band);
          List<Prediction> forecast =
              client.forecast(steps == null ? 1 : whole("steps", steps), sampling);
          return table(forecast, level);
        default:
          throw new BadRequest("found /" + path[1] + ", expected /rows, /future or /forecast");
      }
    }
  }

  /** The client's stream, as it was when the service was last stopped, or at its beginning. */
  private Forecaster client(String name) throws IOException {
    Forecaster known = clients.get(name);
    if (known != null) {
      return known;
    }
    Forecaster client = model.fresh();
    Path saved = states.resolve(name + ".state");
    if (Files.exists(saved)) {
      client.restore(Files.readAllBytes(saved));
    }
    Forecaster faster = clients.putIfAbsent(name, client);
    return faster == null ? client : faster;
  }

  /** By one rename: whenever the service stops, the file is the state before a row or after it. */
  private void save(String name, Forecaster client) throws IOException {
    Path file = states.resolve(name + ".state");
    Path draft = states.resolve(name + ".state.tmp");
    Files.write(draft, client.save());
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * Predictions, a line each.
   *
   * @param level of the band; null for none
   */
  private String table(List<Prediction> predictions, Double level) {
    var lines = new ArrayList<String>();
    var header = new StringBuilder("row,time");
    List<Double> quantiles = model.description().outputs().quantiles();
    for (String target : model.targets()) {
      header.append(',').append(target);
      quantiles.forEach(p -> header.append(',').append(target).append(' ').append(p));
      header.append(level == null ? "" : "," + target + " lower," + target + " upper");
    }
    lines.add(header.toString());
    for (Prediction prediction : predictions) {
      var line = new StringBuilder().append(prediction.row()).append(',');
      line.append(prediction.time() == null ? "" : prediction.time());
      Bands.Band band = level == null ? null : model.band(prediction, level);
      for (int i = 0; i < model.targets().size(); i++) {
        line.append(number(prediction.values()[i]));
        for (double quantile : prediction.quantiles()[i]) {
          line.append(number(quantile));
        }
        if (band != null) {
          line.append(number(band.lower()[i])).append(number(band.upper()[i]));
        }
      }
      lines.add(line.toString());
    }
    return String.join("\n", lines) + "\n";
  }

  /** A field; what is not known is empty. */
  private static String number(double value) {
    return Double.isNaN(value) ? "," : "," + value;
  }

  /**
   * The numbers of a line; an empty field is missing.
   *
   * @param names of the fields, for messages; where there are fewer, all are of the last one
   */
  private static double[] numbers(List<String> names, String line) {
    String[] fields = line.strip().split(",", -1);
    double[] numbers = new double[fields.length];
    for (int i = 0; i < fields.length; i++) {
      String name = names.get(Math.min(i, names.size() - 1));
      numbers[i] = fields[i].isBlank() ? Double.NaN : number(name, fields[i]);
    }
    return numbers;
  }

  private static double number(String name, String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      String line = text.strip().replaceAll("\\s+", " ");
      throw new BadRequest("found the " + name + " '" + line + "', expected a number");
    }
  }

  private static int whole(String name, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new BadRequest("found the " + name + " '" + text + "', expected a whole number");
    }
  }

  private static Instant time(String text) {
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new BadRequest(
          "found the time " + text + ", expected one such as 2024-05-01T10:00:00Z");
    }
  }

  private static String parameter(String query, String name) {
    for (String each : query == null ? new String[0] : query.split("&", -1)) {
      if (each.startsWith(name + "=")) {
        return each.substring(name.length() + 1);
      }
    }
    return null;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdown();
  }
}
