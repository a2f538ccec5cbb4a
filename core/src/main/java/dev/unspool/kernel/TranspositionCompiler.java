// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Makes the {@link Transposition} and the {@link RowProduct} of this process. All rows of a block
 * stand in registers, and pairs of them exchange halves, quarters, and so on down to single lanes;
 * then they are stored, or multiplied. Registers are local variables, so there is a method for each
 * number of lanes. In Java, for two:
 *
 * <pre>{@code
 * public void run(int columns, float[] a, int a0, …) {
 *   for (int column = 0; column < columns; column += L) {
 *     FloatVector r0 = FloatVector.fromArray(F, a, a0 + column);
 *     FloatVector r1 = FloatVector.fromArray(F, a, a0 + column + lda);
 *     FloatVector lower = r0.blend(r1.rearrange(EXCHANGE1), UPPER1);
 *     r1 = r0.rearrange(EXCHANGE1).blend(r1, UPPER1);
 *     r0 = lower;
 *     r0.intoArray(b, b0 + column * W);
 *     r1.intoArray(b, b0 + column * W + W);
 *   }
 * }
 * }</pre>
 */
final class TranspositionCompiler {
  private static final ClassDesc VECTOR = type(FloatVector.class);
  private static final ClassDesc SPECIES = type(VectorSpecies.class);
  private static final ClassDesc SHUFFLE = type(VectorShuffle.class);
  private static final ClassDesc MASK = type(VectorMask.class);
  private static final ClassDesc FLOATS = type(float[].class);

  // The parameters of Transposition.run and RowProduct.run, as local variables.
  private static final int COLUMNS = 1;
  private static final int A = 2;
  private static final int A0 = 3;
  private static final int LDA = 4;
  private static final int B = 5;
  private static final int B0 = 6;
  private static final int X = 7;
  private static final int X0 = 8;
  private static final int Y = 9;
  private static final int Y0 = 10;
  private static final int PANEL = 11;

  private final ClassDesc self;
  private final boolean multiplies;
  private final boolean copies;

  private TranspositionCompiler(String name, boolean multiplies, boolean copies) {
    this.self = ClassDesc.of(TranspositionCompiler.class.getPackageName(), name);
    this.multiplies = multiplies;
    this.copies = copies;
  }

  static Transposition transposition() {
    return (Transposition)
        new TranspositionCompiler("CompiledTransposition", false, false).compile();
  }

  /**
   * A product.
   *
   * @param copies whether it also copies what it multiplies
   */
  static RowProduct rowProduct(boolean copies) {
    String name = copies ? "CompiledRowProductAndCopy" : "CompiledRowProduct";
    return (RowProduct) new TranspositionCompiler(name, true, copies).compile();
  }

  private Object compile() {
    byte[] bytes = ClassFile.of().build(self, this::write);
    try {
      return MethodHandles.lookup()
          .defineHiddenClass(bytes, true)
          .lookupClass()
          .getDeclaredConstructor()
          .newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a generated class could not be used", e);
    }
  }

  /** Lanes in pairs that are so far apart, each at the place of the other. */
  static VectorShuffle<Float> exchange(int distance) {
    return VectorShuffle.fromOp(Simd.F, lane -> lane ^ distance);
  }

  /** The upper lanes of such pairs. */
  static VectorMask<Float> upper(int distance) {
    long lanes = 0;
    for (int lane = 0; lane < Simd.L; lane++) {
      lanes |= (lane & distance) == 0 ? 0 : 1L << lane;
    }
    return VectorMask.fromLong(Simd.F, lanes);
  }

  private void write(ClassBuilder c) {
    c.withFlags(ClassFile.ACC_FINAL);
    c.withInterfaceSymbols(type(multiplies ? RowProduct.class : Transposition.class));
    // Constants of the class, or the compiler would not know them.
    for (int distance = 1; distance < Simd.L; distance *= 2) {
      int flags = ClassFile.ACC_STATIC | ClassFile.ACC_FINAL;
      c.withField("EXCHANGE" + distance, SHUFFLE, flags);
      c.withField("UPPER" + distance, MASK, flags);
    }
    c.withMethodBody(
        ConstantDescs.CLASS_INIT_NAME, MTD_void, ClassFile.ACC_STATIC, this::constants);
    c.withMethodBody(
        INIT_NAME,
        MTD_void,
        ClassFile.ACC_PUBLIC,
        code -> code.aload(0).invokespecial(CD_Object, INIT_NAME, MTD_void).return_());
    c.withMethodBody(
        "run",
        multiplies
            ? MethodTypeDesc.of(
                CD_void, CD_int, FLOATS, CD_int, CD_int, FLOATS, CD_int, FLOATS, CD_int, FLOATS,
                CD_int, CD_int)
            : MethodTypeDesc.of(CD_void, CD_int, FLOATS, CD_int, CD_int, FLOATS, CD_int),
        ClassFile.ACC_PUBLIC,
        this::run);
  }

  private void constants(CodeBuilder code) {
    ClassDesc compiler = type(TranspositionCompiler.class);
    for (int distance = 1; distance < Simd.L; distance *= 2) {
      code.loadConstant(distance);
      code.invokestatic(compiler, "exchange", MethodTypeDesc.of(SHUFFLE, CD_int));
      code.putstatic(self, "EXCHANGE" + distance, SHUFFLE);
      code.loadConstant(distance);
      code.invokestatic(compiler, "upper", MethodTypeDesc.of(MASK, CD_int));
      code.putstatic(self, "UPPER" + distance, MASK);
    }
    code.return_();
  }

  private void run(CodeBuilder code) {
    int[] rows = new int[Simd.L];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = code.allocateLocal(TypeKind.REFERENCE);
    }
    int column = code.allocateLocal(TypeKind.INT);
    int at = code.allocateLocal(TypeKind.INT);
    int spare = code.allocateLocal(TypeKind.REFERENCE);
    int sum = code.allocateLocal(TypeKind.REFERENCE);
    if (multiplies) {
      load(code, B, B0, sum);
    }
    var again = code.newLabel();
    var done = code.newLabel();
    code.iconst_0().istore(column);
    code.labelBinding(again);
    code.iload(column).iload(COLUMNS).if_icmpge(done);
    code.iload(A0).iload(column).iadd().istore(at);
    for (int row : rows) {
      load(code, A, at, row);
      code.iload(at).iload(LDA).iadd().istore(at);
    }
    if (copies) {
      copy(code, rows, column);
    }
    for (int distance = rows.length / 2; distance > 0; distance /= 2) {
      for (int row = 0; row < rows.length; row++) {
        if ((row & distance) == 0) {
          exchange(code, rows[row], rows[row + distance], distance, spare);
        }
      }
    }
    for (int row = 0; row < rows.length; row++) {
      if (multiplies) {
        multiply(code, rows[row], column, row, sum);
      } else {
        store(code, rows[row], column, row);
      }
    }
    code.iinc(column, Simd.L);
    code.goto_(again);
    code.labelBinding(done);
    if (multiplies) {
      code.aload(sum).aload(B).iload(B0);
      code.invokevirtual(VECTOR, "intoArray", MethodTypeDesc.of(CD_void, FLOATS, CD_int));
    }
    code.return_();
  }

  private static void load(CodeBuilder code, int array, int at, int into) {
    species(code).aload(array).iload(at);
    code.invokestatic(VECTOR, "fromArray", MethodTypeDesc.of(VECTOR, SPECIES, FLOATS, CD_int));
    code.astore(into);
  }

  private static CodeBuilder species(CodeBuilder code) {
    return code.getstatic(VECTOR, "SPECIES_" + Simd.F.vectorBitSize(), SPECIES);
  }

  /** Copies rows as they are into a panel. */
  private static void copy(CodeBuilder code, int[] rows, int column) {
    int into = code.allocateLocal(TypeKind.INT);
    code.iload(Y0).iload(column).loadConstant(Simd.W).idiv().iload(PANEL).imul().iadd();
    code.iload(column).loadConstant(Simd.W).irem().iadd().istore(into);
    for (int row = 0; row < rows.length; row++) {
      code.aload(rows[row]).aload(Y).iload(into).loadConstant(row * Simd.W).iadd();
      code.invokevirtual(VECTOR, "intoArray", MethodTypeDesc.of(CD_void, FLOATS, CD_int));
    }
  }

  private static void store(CodeBuilder code, int vector, int column, int row) {
    code.aload(vector).aload(B);
    code.iload(B0).iload(column).loadConstant(Simd.W).imul().iadd();
    code.loadConstant(row * Simd.W).iadd();
    code.invokevirtual(VECTOR, "intoArray", MethodTypeDesc.of(CD_void, FLOATS, CD_int));
  }

  private static void multiply(CodeBuilder code, int vector, int column, int row, int sum) {
    species(code).aload(X);
    code.iload(X0).iload(column).iadd().loadConstant(row).iadd().faload();
    code.invokestatic(VECTOR, "broadcast", MethodTypeDesc.of(VECTOR, SPECIES, CD_float));
    code.aload(vector).aload(sum);
    ClassDesc any = type(Vector.class);
    code.invokevirtual(VECTOR, "fma", MethodTypeDesc.of(VECTOR, any, any));
    code.astore(sum);
  }

  /** Lets the upper lanes of one row and the lower ones of another change places. */
  private void exchange(CodeBuilder code, int one, int other, int distance, int spare) {
    if (multiplies) {
      // What changes places is brought together first and moved once. Not where rows are stored:
      // from a distant cache, that takes a fifth longer so.
      code.aload(other).aload(one);
      blend(code, distance);
      rearranged(code, distance);
      code.astore(spare);
      code.aload(one).aload(spare);
      blend(code, distance);
      code.astore(one);
      code.aload(spare).aload(other);
      blend(code, distance);
      code.astore(other);
      return;
    }
    code.aload(one).aload(other);
    rearranged(code, distance);
    blend(code, distance);
    code.astore(spare);
    code.aload(one);
    rearranged(code, distance);
    code.aload(other);
    blend(code, distance);
    code.astore(other);
    code.aload(spare).astore(one);
  }

  private void rearranged(CodeBuilder code, int distance) {
    code.getstatic(self, "EXCHANGE" + distance, SHUFFLE);
    code.invokevirtual(VECTOR, "rearrange", MethodTypeDesc.of(VECTOR, SHUFFLE));
  }

  private void blend(CodeBuilder code, int distance) {
    code.getstatic(self, "UPPER" + distance, MASK);
    code.invokevirtual(VECTOR, "blend", MethodTypeDesc.of(VECTOR, type(Vector.class), MASK));
  }

  private static ClassDesc type(Class<?> of) {
    return ClassDesc.ofDescriptor(of.descriptorString());
  }
}
