// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A folder as it was found, so that it is noticed when it has gone, or when another has its name.
 *
 * @param path of the folder
 * @param key by which the file system tells it from others; null where it does not
 */
record FolderPlace(Path path, @Nullable Object key) {

  static FolderPlace of(Path path) throws IOException {
    return new FolderPlace(path, key(path));
  }

  private static @Nullable Object key(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
  }

  /** Refuses to go on where the folder is no longer. */
  void requireThere() throws RunException {
    boolean same;
    try {
      same = Objects.equals(key, key(path));
    } catch (NoSuchFileException _) {
      same = false;
    } catch (IOException _) {
      return; // whoever writes will see what is wrong
    }
    if (!same) {
      throw new RunException(
          "%s was removed or renamed during training; if it was renamed, go on with 'unspool resume' and its new name"
              .formatted(path));
    }
  }
}
