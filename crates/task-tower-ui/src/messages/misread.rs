//! What cannot be read of a query, a form or a body, and what may stand there.

use super::messages;

messages! {
    misread_this => "This";
    misread_unknown(name, known) => "There is no field {name}, but there are {known}.";
    misread_not_there(name) => "There is no field {name}.";
    misread_twice(name) => "The field {name} is there twice.";
    misread_choice(field, choices) => "{field} is one of: {choices}.";
    misread_digits(field) => "{field} is a whole number, in digits only.";
    misread_size(field) => "The number of {field} is too large or too small.";
    misread_number(field) => "{field} is a number.";
    misread_flag(field) => "{field} is true or false.";
    misread_text(field) => "{field} is a text.";
    misread_list(field) => "{field} is a list.";
    misread_time(field) => "{field} is a time, such as 2026-11-24T18:45:43Z.";
}
