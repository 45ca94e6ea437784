/** Codes of single places in a body, query or header that does not have the expected form (`errors[].code`). */
export const inputCodes = {
  missing: 'A required field is not there. The pointer says where it would stand.',
  unknown_field: 'A field that does not exist here.',
  unknown_parameter: 'A query parameter that does not exist here.',
  repeated: 'A query parameter that may be given once was given several times.',
  wrong_type: 'A value of another type than expected.',
  not_allowed: 'A value that is not among the allowed ones.',
  out_of_range: 'A number that is too small, too large, or not a multiple of the step.',
  wrong_length: 'A text, list or object that is too short or too long, or holds an element twice.',
  wrong_format: 'A text that does not have the expected form.',
  no_match: 'A value that fits none of the allowed forms, or is excluded.',
} as const;

export type InputCode = keyof typeof inputCodes;
