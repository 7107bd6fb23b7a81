// Runs a JXA script under node with a stub of the bridge to Foundation: node jxa_bridge.js SCRIPT SCENE LOG
//
// SCENE is JSON: what the network plays, and what goes wrong. LOG gets what the script did with Foundation.
// The stub is strict where the bridge is: methods without arguments are properties, strings and data are
// objects, nil is an object that says so.

"use strict";
const fs = require("fs");
const vm = require("vm");

const [script, scene_path, log_path] = process.argv.slice(2);
const scene = JSON.parse(fs.readFileSync(scene_path, "utf8"));
const log = { requests: [], cancelled: 0, invalidated: 0, pumped: 0, queue: null, configuration: null };

const nil = { isNil: () => true };
const here = { isNil: () => false };
const string = (text) => ({ ...here, js: String(text), dataUsingEncoding: () => data(Buffer.from(String(text))) });
function data(bytes) {
  return {
    ...here,
    bytes,
    get length() { return this.bytes.length; },
    appendData(more) { this.bytes = Buffer.concat([this.bytes, more.bytes]); },
    base64EncodedStringWithOptions() { return string(this.bytes.toString("base64")); },
  };
}

const classes = {};
const ObjC = {
  import(name) { if (scene.throws === "import" || name !== "Foundation") throw new Error("bridge"); },
  unwrap(value) { return value.js; },
  deepUnwrap(value) { return { ...value.js }; },
  registerSubclass(made) {
    const known = ["URLSession:task:willPerformHTTPRedirection:newRequest:completionHandler:",
      "URLSession:dataTask:didReceiveData:", "URLSession:task:didCompleteWithError:"];
    for (const name of Object.keys(made.methods)) {
      const { types, implementation } = made.methods[name];
      if (!known.includes(name) || types[1].length !== name.split(":").length - 1) throw new Error(name);
      if (typeof implementation !== "function") throw new Error(name);
    }
    classes[made.name] = { alloc: { init: { ...here, methods: made.methods } } };
  },
};

function response(told) {
  return { ...here, statusCode: String(told.status), allHeaderFields: { ...here, js: told.headers } };
}

const main_queue = { ...here, name: "main" };
let running = null;

function play(task, methods) {
  const call = (name, ...about) => methods[name].implementation(null, task, ...about);
  const complete = (error) => call("URLSession:task:didCompleteWithError:", error);
  if (scene.redirect) {
    call("URLSession:task:willPerformHTTPRedirection:newRequest:completionHandler:",
      response(scene.redirect), { ...here }, { ...here });
    return;
  }
  if (scene.network) { complete({ ...here }); return; }
  task.response = response(scene.answer);
  const body = Buffer.from(scene.answer.body, "base64");
  for (let at = 0; at < body.length && !task.is_cancelled; at += 1024) {
    call("URLSession:dataTask:didReceiveData:", data(body.subarray(at, at + 1024)));
  }
  if (scene.broken !== "late") complete(task.is_cancelled || scene.broken ? { ...here } : nil);
}

function cookies(fields) {
  const found = scene.cookies || [];
  if (!fields.js) throw new Error("no headers");
  return { ...here, count: found.length, objectAtIndex: (place) => ({
    name: string(found[place].name),
    value: string(found[place].value),
    domain: string(found[place].domain),
    path: string(found[place].path),
    expiresDate: "expires" in found[place]
      ? { ...here, timeIntervalSince1970: found[place].expires } : nil,
  }) };
}

function dollar(text) { return text === undefined ? nil : string(text); }

const foundation = Object.assign(dollar, {
  NSUTF8StringEncoding: 4,
  NSFileHandle: {
    fileHandleWithStandardInput: { get readDataToEndOfFile() { return data(fs.readFileSync(0)); } },
    fileHandleWithStandardOutput: { writeData: (told) => fs.writeSync(1, told.bytes) },
  },
  NSString: { alloc: { initWithDataEncoding: (told) => string(told.bytes.toString("utf8")) } },
  NSURL: { URLWithString: (text) => ({ ...here, text }) },
  NSMutableData: { get data() { return data(Buffer.alloc(0)); } },
  NSData: { alloc: { initWithBase64EncodedStringOptions: (text) => data(Buffer.from(text, "base64")) } },
  NSMutableURLRequest: { requestWithURL: (url) => ({
    ...here,
    url: url.text,
    headers: {},
    setValueForHTTPHeaderField(value, name) { this.headers[name] = value; },
  }) },
  NSURLSessionConfiguration: { get ephemeralSessionConfiguration() {
    log.configuration = { ephemeral: true };
    return log.configuration;
  } },
  NSOperationQueue: { mainQueue: main_queue },
  NSDate: { dateWithTimeIntervalSinceNow: (seconds) => seconds },
  NSRunLoop: { currentRunLoop: { runUntilDate(seconds) {
    log.pumped += 1;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, seconds * 1000);
    if (running && !scene.late) { const [task, methods] = running; running = null; play(task, methods); }
  } } },
  NSHTTPCookie: { cookiesWithResponseHeaderFieldsForURL: cookies },
  NSURLSession: { sessionWithConfigurationDelegateDelegateQueue(configuration, delegate, queue) {
    if (scene.throws === "session") throw new Error("bridge");
    log.queue = queue.name;
    return {
      get invalidateAndCancel() { log.invalidated += 1; return undefined; },
      dataTaskWithRequest(request) {
        const body = request.HTTPBody ? request.HTTPBody.bytes.toString("utf8") : "";
        log.requests.push({ url: request.url, method: request.HTTPMethod, headers: request.headers,
          cookies: request.HTTPShouldHandleCookies, seconds: request.timeoutInterval, body });
        const task = {
          is_cancelled: false,
          get resume() { running = [task, delegate.methods]; return undefined; },
          get cancel() { log.cancelled += 1; task.is_cancelled = true; return undefined; },
        };
        return task;
      },
    };
  } },
});

const dollar_proxy = new Proxy(foundation, { get: (target, name) => target[name] || classes[name] });
const context = vm.createContext({ ObjC, $: dollar_proxy, Date, JSON, Object, Number });
vm.runInContext(fs.readFileSync(script, "utf8"), context, { filename: script });
const said = vm.runInContext("run()", context);
fs.writeFileSync(log_path, JSON.stringify(log));
if (said) fs.writeSync(1, `${said}\n`);
