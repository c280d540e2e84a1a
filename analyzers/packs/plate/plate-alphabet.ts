/** First characters of mainland plates: the provinces' short names. */
export const PROVINCES = '京沪津渝冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川贵云藏陕甘青宁新';
/** I and O are never used in serials: they look like 1 and 0 (GA 36-2018). */
export const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ';
export const ALL_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
export const DIGITS = '0123456789';
/** Characters that tell special plates: learner, trailer, Hong Kong, Macau, police, embassy, consulate. */
export const SUFFIXES = '学挂港澳警使领';
/** Third character of small new-energy plates, last one of large ones (GA 36-2018). */
export const NEW_ENERGY_LETTERS = 'ABCDEFGHJK';
/** Dots, dashes and spaces between the characters; what is read as one of them counts as nothing. */
export const SEPARATORS = '·.-•:：* ';
/** Letters that no Chinese plate has: where one is seen, it is this digit. */
export const READ_AS: Readonly<Record<string, string>> = { O: '0', I: '1' };
