// SPDX-License-Identifier: Apache-2.0
import dev.unspool.checkpoint.CheckpointException;
import dev.unspool.checkpoint.CheckpointFolder;
import dev.unspool.checkpoint.SnapshotSeries;
import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Damages files at random. A checkpoint must be refused, or be what it was. A snapshot of a series
 * must be reported, and the one before it taken.
 *
 * <pre>./unspool run reliability/Damages.java [CHECKPOINTS] [SNAPSHOTS] [SEED]</pre>
 */
public final class Damages {
  private static final ParameterLayout LAYOUT =
      ParameterLayout.builder().add("weight_ih_l0", 24, 3).add("bias_ih_l0", 24).build();

  private Damages() {}

  public static void main(String[] args) throws IOException {
    int checkpoints = args.length > 0 ? Integer.parseInt(args[0]) : 20_000;
    int snapshots = args.length > 1 ? Integer.parseInt(args[1]) : 20_000;
    long seed = args.length > 2 ? Long.parseLong(args[2]) : new Random().nextInt(1_000_000);
    System.out.println("seed " + seed);
    var random = new Random(seed);
    Path folder = Commands.folderInMemory();
    checkpoints(folder.resolve("checkpoint"), checkpoints, random);
    snapshots(folder.resolve("snapshots"), snapshots, random);
    Commands.delete(folder);
  }

  private static void checkpoints(Path folder, int count, Random random) throws IOException {
    var checkpoint = new CheckpointFolder(folder);
    var theta = new Parameters(LAYOUT);
    for (int i = 0; i < theta.values().length; i++) {
      theta.values()[i] = random.nextFloat();
    }
    var state = new Snapshot();
    state.put("moments", theta.values().clone());
    state.put("steps", 12345L);
    checkpoint.write(theta, state, Map.of("update", "7"));
    List<Path> names;
    try (Stream<Path> list = Files.list(folder)) {
      names = list.sorted().toList();
    }
    int refused = 0;
    for (int i = 0; i < count; i++) {
      Path file = names.get(random.nextInt(names.size()));
      byte[] sound = Files.readAllBytes(file);
      Files.write(file, damaged(sound, random));
      var read = new Parameters(LAYOUT);
      try {
        var content = checkpoint.read(read);
        // Blanks in the manifest may change; nothing else may.
        if (!Arrays.equals(theta.values(), read.values())
            || !Arrays.equals(theta.values(), content.state().floats("moments"))
            || content.state().number("steps") != 12345
            || !content.about().equals(Map.of("update", "7"))) {
          throw new AssertionError("damage %s of %s was not found".formatted(i, file));
        }
      } catch (CheckpointException e) {
        refused++;
        if (!String.valueOf(e.getMessage()).startsWith(folder.toString())
            || !Arrays.equals(new float[read.values().length], read.values())) {
          throw new AssertionError("damage %s of %s".formatted(i, file), e);
        }
      }
      Files.write(file, sound);
    }
    System.out.printf(
        "%s damages of checkpoints: %s refused, %s changed nothing that counts%n",
        count, refused, count - refused);
  }

  private static void snapshots(Path folder, int count, Random random) throws IOException {
    var series = new SnapshotSeries(folder, 2);
    for (long number = 1; number <= 2; number++) {
      var state = new Snapshot();
      state.put("records", number);
      state.put("theta", random.nextFloat(), random.nextFloat(), random.nextFloat());
      series.write(number, Map.of("position", "byte " + number), state);
    }
    Path file = folder.resolve("snapshot-2.safetensors");
    byte[] sound = Files.readAllBytes(file);
    for (int i = 0; i < count; i++) {
      Files.write(file, damaged(sound, random));
      var newest = series.newest();
      var saved = newest.snapshot().orElseThrow();
      if (saved.number() != 1
          || saved.state().number("records") != 1
          || !saved.about().equals(Map.of("position", "byte 1"))
          || newest.damaged().size() != 1
          || !newest.damaged().getFirst().reason().startsWith(file + ": ")) {
        throw new AssertionError("damage %s of %s: found %s".formatted(i, file, newest));
      }
    }
    System.out.printf(
        "%s damages of snapshots: each was reported, and the one before it taken%n", count);
  }

  /** The bytes with a few of them changed, cut off, taken out, doubled or added. */
  private static byte[] damaged(byte[] sound, Random random) {
    byte[] bytes = sound.clone();
    do {
      int changes = 1 + random.nextInt(3);
      for (int i = 0; i < changes; i++) {
        int at = random.nextInt(Math.max(1, bytes.length));
        bytes =
            switch (random.nextInt(5)) {
              case 0 -> Arrays.copyOf(bytes, at);
              case 1 -> Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(16));
              case 2 -> without(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(9)));
              case 3 -> written(bytes, at, "0123456789{}[]\",:".charAt(random.nextInt(17)));
              default -> written(bytes, at, random.nextInt(256));
            };
      }
    } while (Arrays.equals(bytes, sound));
    return bytes;
  }

  private static byte[] written(byte[] bytes, int at, int value) {
    if (at < bytes.length) {
      bytes[at] = (byte) value;
    }
    return bytes;
  }

  private static byte[] without(byte[] bytes, int from, int to) {
    if (from >= to) {
      return bytes;
    }
    byte[] rest = Arrays.copyOf(bytes, bytes.length - (to - from));
    System.arraycopy(bytes, to, rest, from, bytes.length - to);
    return rest;
  }
}
