//! A keyboard left in Hangul mode: which letter stands on the key of a jamo. Which keys may be guessed so is the
//! keymap's to say.

use crate::words::cells::parts;

/// The letters of the two-beolsik keyboard, each with its jamo: as a letter by itself, and as the leading, middle and
/// trailing part of a syllable.
const KEYBOARD: &[(char, &str)] = &[
    ('q', "ㅂᄇᆸ"),
    ('w', "ㅈᄌᆽ"),
    ('e', "ㄷᄃᆮ"),
    ('r', "ㄱᄀᆨ"),
    ('t', "ㅅᄉᆺ"),
    ('y', "ㅛᅭ"),
    ('u', "ㅕᅧ"),
    ('i', "ㅑᅣ"),
    ('o', "ㅐᅢ"),
    ('p', "ㅔᅦ"),
    ('a', "ㅁᄆᆷ"),
    ('s', "ㄴᄂᆫ"),
    ('d', "ㅇᄋᆼ"),
    ('f', "ㄹᄅᆯ"),
    ('g', "ㅎᄒᇂ"),
    ('h', "ㅗᅩ"),
    ('j', "ㅓᅥ"),
    ('k', "ㅏᅡ"),
    ('l', "ㅣᅵ"),
    ('z', "ㅋᄏᆿ"),
    ('x', "ㅌᄐᇀ"),
    ('c', "ㅊᄎᆾ"),
    ('v', "ㅍᄑᇁ"),
    ('b', "ㅠᅲ"),
    ('n', "ㅜᅮ"),
    ('m', "ㅡᅳ"),
    ('O', "ㅒᅤ"),
    ('R', "ㄲᄁᆩ"),
];

/// The letters that were typed, with the keyboard in Hangul mode, to get this character; none for one that is no
/// Hangul.
pub fn latin(typed: char) -> impl Iterator<Item = char> {
    parts(typed).filter_map(|part| {
        KEYBOARD
            .iter()
            .find(|(_, jamo)| jamo.contains(part))
            .map(|(letter, _)| *letter)
    })
}
