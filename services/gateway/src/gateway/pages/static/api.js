// Requests to the API, and its errors as sentences for people.

export const token = () => document.querySelector("meta[name=csrf-token]").content;

export class Problem extends Error {
  constructor(detail, code, status) {
    super(detail);
    this.code = code;
    this.status = status;
  }
}

const UNREACHABLE = "Hidden Hill could not be reached. Check the connection and try again.";

const problemOf = (text, status) => {
  try {
    const { detail, code } = JSON.parse(text);
    if (status === 401) return new Problem("You were logged out. Reload the page and log in.", code, status);
    return new Problem(detail || UNREACHABLE, code || "", status);
  } catch {
    return new Problem(status ? `The server answered ${status}. Try again in a moment.` : UNREACHABLE, "", status);
  }
};

// Send a request; resolves to the answer's JSON, or null where it has none. Rejects with a Problem.
export async function send(method, path, body) {
  const headers = { "X-CSRFToken": token(), Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new Problem(UNREACHABLE, "", 0);
  }
  if (!answer.ok) throw problemOf(await answer.text(), answer.status);
  return answer.status === 204 ? null : answer.json();
}

// Read a JSON artifact.
export async function read(path) {
  return send("GET", path);
}

// Send a form with a file, told how much of it has gone (0 to 1). Rejects with a Problem.
export function upload(path, form, onSent) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.setRequestHeader("X-CSRFToken", token());
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => event.lengthComputable && onSent(event.loaded / event.total));
    request.addEventListener("load", () => {
      if (request.status < 400) resolve(JSON.parse(request.responseText));
      else reject(problemOf(request.responseText, request.status));
    });
    request.addEventListener("error", () => reject(problemOf("", 0)));
    request.send(form);
  });
}
