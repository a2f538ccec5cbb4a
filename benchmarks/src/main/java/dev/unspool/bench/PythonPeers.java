// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.unspool.checkpoint.Safetensors;
import dev.unspool.checkpoint.Tensor;
import dev.unspool.model.Steps;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * PyTorch and JAX, in a process of their own that computes only when it is asked to; {@code
 * peers.py} describes how they talk.
 */
final class PythonPeers implements Peers {
  private static final String SCRIPT = "peers.py";
  private static final List<String> FILES = List.of(SCRIPT, "cells.py");

  /** Which peers are wanted. */
  enum Sources {
    /** PyTorch and JAX, as they are used. */
    LIBRARIES,
    /** The cell written down in PyTorch, step by step, and PyTorch's own module if it has one. */
    CELLS,
    /** These, and the written one compiled. */
    COMPILED
  }

  private final Sources sources;
  private final Path folder;
  private final Process process;
  private final Writer requests;
  private final BufferedReader answers;

  private PythonPeers(Sources sources, Path folder, Process process) {
    this.sources = sources;
    this.folder = folder;
    this.process = process;
    this.requests = process.outputWriter(StandardCharsets.UTF_8);
    this.answers = process.inputReader(StandardCharsets.UTF_8);
  }

  /**
   * Starts Python.
   *
   * @param python its command
   * @param processors that it pins itself to, this JVM's; empty if the system does not tell them
   * @throws IOException if there is no such command
   */
  static PythonPeers start(String python, Sources sources, int threads, List<Integer> processors)
      throws IOException {
    Path folder = Files.createTempDirectory("unspool-bench");
    try {
      for (String file : FILES) {
        try (InputStream in = PythonPeers.class.getResourceAsStream(file)) {
          if (in == null) {
            throw new IllegalStateException(file + " is missing in the jar");
          }
          Files.copy(in, folder.resolve(file));
        }
      }
      var builder = builder(python, folder.resolve(SCRIPT), threads, processors);
      builder.redirectError(folder.resolve("stderr").toFile());
      return new PythonPeers(sources, folder, builder.start());
    } catch (IOException e) {
      delete(folder);
      throw e;
    }
  }

  /** How it is started: told in every way there is how many threads it may have. */
  static ProcessBuilder builder(String python, Path script, int threads, List<Integer> processors) {
    var builder =
        new ProcessBuilder(
            python, script.toString(), Integer.toString(threads), Processors.list(processors));
    Map<String, String> environment = builder.environment();
    environment.put("OMP_NUM_THREADS", Integer.toString(threads));
    environment.put("PYTHONDONTWRITEBYTECODE", "1"); // the folder holds what we put there alone
    environment.put("JAX_PLATFORMS", "cpu");
    environment.put(
        "XLA_FLAGS",
        "--xla_cpu_multi_thread_eigen=%s intra_op_parallelism_threads=%s"
            .formatted(threads > 1, threads));
    return builder;
  }

  @Override
  public List<Contender> open(Sample sample, Notes notes) {
    var peers = new ArrayList<Contender>();
    try {
      Path file = folder.resolve("sample.safetensors");
      write(sample, file);
      var request = new JsonObject();
      request.addProperty("do", "open");
      request.addProperty("of", sources.name().toLowerCase(Locale.ROOT));
      request.addProperty("sample", file.toString());
      request.addProperty("folder", folder.toString());
      request.add("shape", describe(sample));
      JsonObject answer = ask(request);
      for (JsonElement note : answer.getAsJsonArray("notes")) {
        notes.say(note.getAsString());
      }
      for (JsonElement peer : answer.getAsJsonArray("peers")) {
        JsonArray entry = peer.getAsJsonArray();
        peers.add(new PythonPeer(entry.get(0).getAsString(), Path.of(entry.get(1).getAsString())));
      }
    } catch (IOException e) {
      notes.say("PyTorch and JAX are left out: " + e.getMessage());
    }
    return peers;
  }

  private static JsonObject describe(Sample sample) {
    Shape shape = sample.shape();
    var names = new JsonArray();
    sample.theta().layout().slices().forEach(slice -> names.add(slice.name()));
    var result = new JsonObject();
    result.add("names", names);
    result.addProperty("cell", shape.cell().label());
    result.addProperty("hidden", shape.hidden());
    result.addProperty("layers", shape.layers());
    result.addProperty("vocabulary", shape.vocabulary());
    result.addProperty("lanes", shape.lanes());
    result.addProperty("k1", shape.k1());
    result.addProperty("k2", shape.k2());
    result.addProperty("fill", sample.fill());
    result.addProperty("updates", sample.updates());
    result.addProperty("adam", shape.family().adam());
    return result;
  }

  private static void write(Sample sample, Path file) throws IOException {
    var tensors = new LinkedHashMap<>(Tensor.byName(sample.theta()));
    tensors.put("inputs", tensor(sample.inputs()));
    tensors.put("targets", tensor(sample.targets()));
    Safetensors.write(file, tensors, Map.of());
  }

  private static Tensor tensor(Steps steps) {
    return Tensor.of(steps.values(), steps.steps(), steps.lanes(), steps.features());
  }

  private JsonObject ask(JsonObject request) throws IOException {
    String line;
    try {
      requests.write(new Gson().toJson(request) + "\n");
      requests.flush();
      line = answers.readLine();
    } catch (IOException _) {
      line = null; // it has ended; what it said last explains why
    }
    if (line == null) {
      throw new IOException("python has ended: " + lastWords());
    }
    try {
      JsonObject answer = JsonParser.parseString(line).getAsJsonObject();
      if (answer.has("error")) {
        throw new IOException(answer.get("error").getAsString());
      }
      return answer;
    } catch (JsonParseException | IllegalStateException e) {
      throw new IOException("python answered '%s', expected JSON".formatted(line), e);
    }
  }

  private String lastWords() throws IOException {
    List<String> said = Files.readAllLines(folder.resolve("stderr"));
    return said.isEmpty() ? "it said nothing" : said.getLast();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor();
      delete(folder);
    } catch (IOException _) {
      // A few files stay in the folder for temporary ones.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  /** One way to do the work in Python. */
  private final class PythonPeer implements Contender {
    private final String name;
    private final Path gradient;

    PythonPeer(String name, Path gradient) {
      this.name = name;
      this.gradient = gradient;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public float[] gradient() throws IOException {
      FloatBuffer values =
          ByteBuffer.wrap(Files.readAllBytes(gradient))
              .order(ByteOrder.LITTLE_ENDIAN)
              .asFloatBuffer();
      var result = new float[values.remaining()];
      values.get(result);
      return result;
    }

    @Override
    public double measure() throws IOException {
      var request = new JsonObject();
      request.addProperty("do", "measure");
      request.addProperty("peer", name);
      return ask(request).get("micros").getAsDouble();
    }

    @Override
    public void close() {
      // The next sample takes its place.
    }
  }
}
