// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.unspool.checkpoint.DurableFile;
import dev.unspool.checkpoint.RegularFile;
import dev.unspool.network.Cell;
import dev.unspool.step.RecurrentCell;
import dev.unspool.step.Signal;
import dev.unspool.step.Step;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * A recurrent cell that the user wrote: one Java file with a static method that takes a {@link
 * Step}, a {@link Signal} and the number of units, and yields a {@link Signal}, or with a class
 * that implements {@link RecurrentCell}. It is compiled and run in this process.
 *
 * @param source the text of the file
 * @param cell what is in it, under the name of the file
 */
public record CellFile(String source, Cell cell) {
  /** What such a file's name ends in. */
  public static final String SUFFIX = ".java";

  private static final int LARGEST = 1 << 20;
  private static final List<Class<?>> PARAMETERS = List.of(Step.class, Signal.class, int.class);

  /** Where an author's cell is called. */
  @FunctionalInterface
  private interface Call {
    Object of(Step s, Signal x, int hidden) throws ReflectiveOperationException;
  }

  /** The cell in a file. */
  public static CellFile read(Path file) throws IOException {
    String source;
    try {
      source = RegularFile.readText(file, LARGEST);
    } catch (NoSuchFileException _) {
      throw new UsageException("--cell: there is no file " + file);
    }
    return of(String.valueOf(file.getFileName()), source);
  }

  /** The user's own cell of a run, which must be the one that training began with. */
  static CellFile read(RunFolder folder, String name, String crc32c) throws IOException {
    Path file = folder.cell();
    String source;
    try {
      source = RegularFile.readText(file, LARGEST);
    } catch (NoSuchFileException _) {
      throw new RunException(
          "%s is missing, and the run's cell %s with it; restore it".formatted(file, name));
    }
    String found = Digest.of(source.getBytes(UTF_8));
    if (!found.equals(crc32c)) {
      throw new RunException(
          "%s is not the cell that the run began with (found the checksum %s, config.json has %s); restore it, or train a new run"
              .formatted(file, found, crc32c));
    }
    return of(name, source);
  }

  /**
   * Said before {@link CellCompiler} is loaded, which speaks of classes that such a Java may lack.
   */
  private static void requireCompiler(String name) throws RunException {
    if (ModuleLayer.boot().findModule("jdk.compiler").isEmpty()) {
      throw new RunException(
          "%s cannot be compiled: this Java (%s) has no compiler; run with a JDK"
              .formatted(name, System.getProperty("java.home")));
    }
  }

  private static CellFile of(String name, String source) throws RunException {
    requireCompiler(name);
    var calls = new LinkedHashMap<String, Call>();
    for (Class<?> type : CellCompiler.compile(name, source)) {
      if (RecurrentCell.class.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers())) {
        calls.put("class " + type.getSimpleName(), call(name, type));
      }
      for (Method method : type.getDeclaredMethods()) {
        int modifiers = method.getModifiers();
        if (Modifier.isStatic(modifiers)
            && !Modifier.isPrivate(modifiers)
            && Arrays.asList(method.getParameterTypes()).equals(PARAMETERS)
            && method.getReturnType() == Signal.class) {
          method.setAccessible(true);
          calls.put(
              type.getSimpleName() + "." + method.getName(),
              (s, x, h) -> method.invoke(null, s, x, h));
        }
      }
    }
    if (calls.isEmpty()) {
      throw new RunException(
          "%s holds no cell: expected a method 'static Signal cell(Step s, Signal x, int hidden)' that is not private, or a class that implements RecurrentCell"
              .formatted(name));
    }
    if (calls.size() > 1) {
      var found = new ArrayList<>(calls.keySet());
      found.sort(null);
      throw new RunException(
          "%s holds %s cells (%s), expected one: make those private that only help"
              .formatted(name, calls.size(), String.join(", ", found)));
    }
    Call call = calls.firstEntry().getValue();
    return new CellFile(
        source, new Cell(name, (s, x, hidden) -> written(name, call, s, x, hidden)));
  }

  private static Call call(String name, Class<?> type) throws RunException {
    try {
      Constructor<?> constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      return (s, x, hidden) -> ((RecurrentCell) constructor.newInstance()).write(s, x, hidden);
    } catch (NoSuchMethodException _) {
      throw new RunException(
          "%s: class %s needs a constructor without parameters, so that it can be made"
              .formatted(name, type.getSimpleName()));
    }
  }

  /** What goes wrong in an author's method is said with the author's line. */
  private static Signal written(String name, Call call, Step s, Signal x, int hidden) {
    Throwable thrown;
    try {
      if (call.of(s, x, hidden) instanceof Signal signal) {
        return signal;
      }
      throw new IllegalArgumentException(name + ": the cell yields null; return its output");
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (InvocationTargetException e) {
      thrown = e.getCause() == null ? e : e.getCause();
    } catch (ReflectiveOperationException | RuntimeException | StackOverflowError e) {
      thrown = e;
    }
    String message = String.valueOf(thrown.getMessage());
    if (message.startsWith(name + ":")) {
      throw new IllegalArgumentException(message, thrown);
    }
    boolean refused =
        thrown.getClass().getPackageName().equals("java.lang")
            && (thrown instanceof IllegalArgumentException
                || thrown instanceof UnsupportedOperationException);
    throw new IllegalArgumentException(
        "%s: %s".formatted(line(name, thrown), refused ? message : thrown), thrown);
  }

  private static String line(String name, Throwable thrown) {
    for (StackTraceElement element : thrown.getStackTrace()) {
      if (name.equals(element.getFileName())) {
        return name + ":" + element.getLineNumber();
      }
    }
    return name;
  }

  /** Its file's name. */
  public String name() {
    return cell.label();
  }

  /** Its checksum. */
  public String crc32c() {
    return Digest.of(source.getBytes(UTF_8));
  }

  /** Whether a file holds just this. */
  public boolean isIn(Path file) throws IOException {
    try {
      return RegularFile.readText(file, LARGEST).equals(source);
    } catch (NoSuchFileException _) {
      return false;
    }
  }

  /** Keeps it. */
  void write(Path file) throws IOException {
    DurableFile.write(file, source.getBytes(UTF_8));
  }
}
