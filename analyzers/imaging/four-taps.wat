;; Four-tap sampling of interleaved RGB bytes into planes of float32, one output pixel a turn, its three channels side by side in a vector.
;; The caller lays everything out in the memory that it gives; all addresses are bytes.
(module
  (import "host" "memory" (memory 1))

  ;; value = ((a * (1024 - across) + b * across) * (1024 - down) + (c * (1024 - across) + d * across) * down) * factor + shift
  (func (export "sample")
    (param $pixels i32)      ;; the picture; three bytes beyond its end are read and not used
    (param $left i32)        ;; int32 [width]: byte offset within a row of the first pixel of each column
    (param $right i32)       ;; int32 [width]: of the second
    (param $across i32)      ;; int16 [width][2]: weights of the first and the second, together 1024
    (param $above i32)       ;; int32 [height]: byte offset of the first row
    (param $below i32)       ;; int32 [height]: of the second
    (param $down i32)        ;; int32 [height]: weight of the second, 0 to 1024
    (param $columns i32)     ;; int32 [width]: bytes from the beginning of a row in the target
    (param $rows i32)        ;; int32 [height]: bytes from the beginning of a plane
    (param $width i32) (param $height i32)
    (param $red i32) (param $green i32) (param $blue i32)  ;; planes of the target
    (param $factors i32)     ;; float32 [4]: of red, green, blue; the fourth is not used
    (param $shifts i32)      ;; float32 [4]
    (local $x i32) (local $y i32) (local $at i32) (local $to i32)
    (local $a i32) (local $c i32) (local $row i32)
    (local $weights v128) (local $upper v128) (local $lower v128)
    (local $factor v128) (local $shift v128) (local $value v128)
    (local.set $factor (v128.load (local.get $factors)))
    (local.set $shift (v128.load (local.get $shifts)))
    (block $done
      (loop $nextRow
        (br_if $done (i32.ge_s (local.get $y) (local.get $height)))
        (local.set $at (i32.shl (local.get $y) (i32.const 2)))
        (local.set $a (i32.add (local.get $pixels) (i32.load (i32.add (local.get $above) (local.get $at)))))
        (local.set $c (i32.add (local.get $pixels) (i32.load (i32.add (local.get $below) (local.get $at)))))
        (local.set $row (i32.load (i32.add (local.get $rows) (local.get $at))))
        (local.set $lower (i32x4.splat (i32.load (i32.add (local.get $down) (local.get $at)))))
        (local.set $upper (i32x4.sub (i32x4.splat (i32.const 1024)) (local.get $lower)))
        (local.set $x (i32.const 0))
        (block $rowDone
          (loop $nextColumn
            (br_if $rowDone (i32.ge_s (local.get $x) (local.get $width)))
            (local.set $at (i32.shl (local.get $x) (i32.const 2)))
            (local.set $weights (v128.load32_splat (i32.add (local.get $across) (local.get $at))))
            (local.set $value
              (f32x4.add
                (f32x4.mul
                  (f32x4.convert_i32x4_s
                    (i32x4.add
                      (i32x4.mul
                        (local.get $upper)
                        ;; Bytes of both pixels side by side, so that one dot product weighs them for all channels.
                        (i32x4.dot_i16x8_s
                          (local.get $weights)
                          (i16x8.extend_low_i8x16_u
                            (i8x16.shuffle 0 16 1 17 2 18 3 19 0 0 0 0 0 0 0 0
                              (v128.load32_zero (i32.add (local.get $a) (i32.load (i32.add (local.get $left) (local.get $at)))))
                              (v128.load32_zero (i32.add (local.get $a) (i32.load (i32.add (local.get $right) (local.get $at)))))))))
                      (i32x4.mul
                        (local.get $lower)
                        (i32x4.dot_i16x8_s
                          (local.get $weights)
                          (i16x8.extend_low_i8x16_u
                            (i8x16.shuffle 0 16 1 17 2 18 3 19 0 0 0 0 0 0 0 0
                              (v128.load32_zero (i32.add (local.get $c) (i32.load (i32.add (local.get $left) (local.get $at)))))
                              (v128.load32_zero (i32.add (local.get $c) (i32.load (i32.add (local.get $right) (local.get $at)))))))))))
                  (local.get $factor))
                (local.get $shift)))
            (local.set $to (i32.add (local.get $row) (i32.load (i32.add (local.get $columns) (local.get $at)))))
            (v128.store32_lane 0 (i32.add (local.get $red) (local.get $to)) (local.get $value))
            (v128.store32_lane 1 (i32.add (local.get $green) (local.get $to)) (local.get $value))
            (v128.store32_lane 2 (i32.add (local.get $blue) (local.get $to)) (local.get $value))
            (local.set $x (i32.add (local.get $x) (i32.const 1)))
            (br $nextColumn)))
        (local.set $y (i32.add (local.get $y) (i32.const 1)))
        (br $nextRow)))))
