// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.step.Signal;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** Compiles one Java source in memory, against the library, and loads what is in it. */
final class CellCompiler {
  private CellCompiler() {}

  /**
   * The classes of a source, loaded and not initialised.
   *
   * @param name of the file, such as {@code MyCell.java}
   * @throws RunException with the compiler's first complaint
   */
  static List<Class<?>> compile(String name, String source) throws RunException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler(); // CellFile has asked for it
    var problems = new DiagnosticCollector<JavaFileObject>();
    try (var compiled =
        new Compiled(compiler.getStandardFileManager(problems, Locale.ROOT, null))) {
      var options = List.of("-proc:none", "-nowarn", "-classpath", libraries());
      var task =
          compiler.getTask(null, compiled, problems, options, null, List.of(text(name, source)));
      if (!task.call()) {
        throw new RunException(complaint(name, problems.getDiagnostics()));
      }
      return new Loader(compiled.classes).all();
    } catch (LinkageError e) {
      throw new RunException("%s cannot be loaded: %s".formatted(name, e));
    } catch (IOException e) {
      throw e instanceof RunException known ? known : new RunException(e.toString());
    }
  }

  private static String complaint(
      String name, List<Diagnostic<? extends JavaFileObject>> diagnostics) {
    for (var diagnostic : diagnostics) {
      if (diagnostic.getKind() == Diagnostic.Kind.ERROR) {
        String message =
            diagnostic
                .getMessage(Locale.ROOT)
                .lines()
                .map(line -> line.strip().replaceAll(" +", " "))
                .collect(Collectors.joining(", "));
        return diagnostic.getLineNumber() == Diagnostic.NOPOS
            ? "%s does not compile: %s".formatted(name, message)
            : "%s does not compile: line %s: %s"
                .formatted(name, diagnostic.getLineNumber(), message);
      }
    }
    return name + " does not compile";
  }

  /** Where the library is, however this program was started, and what stands beside it. */
  private static String libraries() {
    var places = new ArrayList<String>();
    try {
      var source = Signal.class.getProtectionDomain().getCodeSource();
      if (source != null) {
        places.add(Path.of(source.getLocation().toURI()).toString());
      }
    } catch (URISyntaxException | IllegalArgumentException _) {
      // Not a file: then it is on the class path.
    }
    places.add(System.getProperty("java.class.path", ""));
    return String.join(File.pathSeparator, places);
  }

  private static JavaFileObject text(String name, String source) {
    return new SimpleJavaFileObject(place("source", name), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return source;
      }
    };
  }

  private static URI place(String scheme, String name) {
    try {
      return new URI(scheme, null, "/" + name, null);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Keeps classes in memory. */
  private static final class Compiled extends ForwardingJavaFileManager<JavaFileManager> {
    private final Map<String, ByteArrayOutputStream> classes = new LinkedHashMap<>();

    Compiled(JavaFileManager files) {
      super(files);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String name, JavaFileObject.Kind kind, @Nullable FileObject sibling) {
      return new SimpleJavaFileObject(place("class", name.replace('.', '/')), kind) {
        @Override
        public OutputStream openOutputStream() {
          return classes.computeIfAbsent(name, _ -> new ByteArrayOutputStream());
        }
      };
    }
  }

  private static final class Loader extends ClassLoader {
    private final Map<String, ByteArrayOutputStream> classes;

    Loader(Map<String, ByteArrayOutputStream> classes) {
      super(Signal.class.getClassLoader());
      this.classes = classes;
    }

    List<Class<?>> all() {
      var all = new ArrayList<Class<?>>();
      for (String name : classes.keySet()) {
        try {
          all.add(loadClass(name));
        } catch (ClassNotFoundException e) {
          throw new NoClassDefFoundError(name + ": " + e);
        }
      }
      return all;
    }

    /** The file's own classes before any of the same name, such as those of an example. */
    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        var bytes = classes.get(name);
        Class<?> loaded = findLoadedClass(name);
        if (loaded != null) {
          return loaded;
        }
        return bytes == null
            ? super.loadClass(name, resolve)
            : defineClass(name, bytes.toByteArray(), 0, bytes.size());
      }
    }
  }
}
