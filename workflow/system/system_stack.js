// Asks one address through the network stack of macOS, as Safari does; run by `osascript -l JavaScript`.
//
// Standard input:  {"method", "url", "headers": {…}, "body": base64, "seconds", "limit"}
// Standard output: {"status", "headers": {…}, "set_cookie": […], "body": base64}, or {"error": "…"}; an answer
// that broke off in its body has "error" as well, and no body
//
// Nothing is kept: the session is ephemeral and has no cookies. No redirect is followed: the task ends
// there, and the redirect is the answer. Everything happens on the main queue: callbacks on other threads
// break the bridge.

ObjC.import("Foundation");

function told() {
  const data = $.NSFileHandle.fileHandleWithStandardInput.readDataToEndOfFile;
  return JSON.parse(ObjC.unwrap($.NSString.alloc.initWithDataEncoding(data, $.NSUTF8StringEncoding)));
}

function tell(answer) {
  const text = $(JSON.stringify(answer) + "\n");
  $.NSFileHandle.fileHandleWithStandardOutput.writeData(text.dataUsingEncoding($.NSUTF8StringEncoding));
}

function request(asked) {
  const made = $.NSMutableURLRequest.requestWithURL($.NSURL.URLWithString(asked.url));
  made.HTTPMethod = asked.method;
  made.HTTPShouldHandleCookies = false;
  made.timeoutInterval = asked.seconds;
  for (const name of Object.keys(asked.headers)) {
    made.setValueForHTTPHeaderField(asked.headers[name], name);
  }
  if (asked.body) {
    made.HTTPBody = $.NSData.alloc.initWithBase64EncodedStringOptions(asked.body, 0);
  }
  return made;
}

function listener(seen, limit) {
  ObjC.registerSubclass({
    name: "TankfulListener",
    superclass: "NSObject",
    protocols: ["NSURLSessionDataDelegate"],
    methods: {
      "URLSession:task:willPerformHTTPRedirection:newRequest:completionHandler:": {
        types: ["void", ["id", "id", "id", "id", "id"]],
        implementation: function (session, task, response) {
          seen.response = response;
          seen.done = true;
          task.cancel;
        },
      },
      "URLSession:dataTask:didReceiveData:": {
        types: ["void", ["id", "id", "id"]],
        implementation: function (session, task, data) {
          seen.body.appendData(data);
          seen.response = task.response;
          if (seen.body.length > limit) {
            seen.response = null;
            seen.error = "large";
            seen.done = true;
            task.cancel;
          }
        },
      },
      "URLSession:task:didCompleteWithError:": {
        types: ["void", ["id", "id", "id"]],
        implementation: function (session, task, error) {
          if (seen.done) return;
          seen.response = task.response;
          if (!error.isNil()) seen.error = "network";
          seen.done = true;
        },
      },
    },
  });
  return $.TankfulListener.alloc.init;
}

function asked_of_the_network(asked) {
  const seen = { body: $.NSMutableData.data, response: null, error: "", done: false };
  const configuration = $.NSURLSessionConfiguration.ephemeralSessionConfiguration;
  configuration.HTTPShouldSetCookies = false;
  configuration.timeoutIntervalForResource = asked.seconds;
  const session = $.NSURLSession.sessionWithConfigurationDelegateDelegateQueue(
    configuration, listener(seen, asked.limit), $.NSOperationQueue.mainQueue);
  session.dataTaskWithRequest(request(asked)).resume;
  const end = Date.now() + asked.seconds * 1000;
  while (!seen.done && Date.now() < end) {
    $.NSRunLoop.currentRunLoop.runUntilDate($.NSDate.dateWithTimeIntervalSinceNow(0.02));
  }
  session.invalidateAndCancel;
  return seen;
}

function set_cookies(fields, url) {
  const found = $.NSHTTPCookie.cookiesWithResponseHeaderFieldsForURL(fields, $.NSURL.URLWithString(url));
  const lines = [];
  for (let place = 0; place < found.count; place += 1) {
    const cookie = found.objectAtIndex(place);
    const parts = [`${ObjC.unwrap(cookie.name)}=${ObjC.unwrap(cookie.value)}`];
    parts.push(`Domain=${ObjC.unwrap(cookie.domain)}`, `Path=${ObjC.unwrap(cookie.path)}`);
    if (!cookie.expiresDate.isNil()) {
      parts.push(`Expires=${new Date(cookie.expiresDate.timeIntervalSince1970 * 1000).toUTCString()}`);
    }
    lines.push(parts.join("; "));
  }
  return lines;
}

function answer(asked) {
  const seen = asked_of_the_network(asked);
  const error = seen.done ? seen.error : "late";
  if (!seen.response || seen.response.isNil()) return { error: error || "network" };
  const fields = seen.response.allHeaderFields;
  return {
    status: Number(seen.response.statusCode),
    headers: ObjC.deepUnwrap(fields),
    set_cookie: set_cookies(fields, asked.url),
    ...(error ? { body: "", error } : { body: ObjC.unwrap(seen.body.base64EncodedStringWithOptions(0)) }),
  };
}

function run() {
  let found;
  try {
    found = answer(told());
  } catch (error) {
    found = { error: "bridge" };
  }
  tell(found);
  return "";
}
