// Stand-in for the JS-SDK inside WeCom: the same calls, answered by the sandbox.
(function () {
  "use strict";
  var home = "__SANDBOX__/_sim/jssdk/";
  var ready = [];
  var failed = [];

  function ask(step, given) {
    return fetch(home + step, {
      method: "POST",
      credentials: "include",
      headers: { "Content-Type": "text/plain" },
      body: JSON.stringify(given),
    }).then(function (answer) {
      return answer.json();
    });
  }

  function page() {
    return location.href.split("#")[0];
  }

  function tell(name, args, result) {
    var message = { errMsg: name + (result.ok ? ":ok" : ":fail " + (result.reason || "")) };
    message.err_msg = message.errMsg;
    Object.keys(result).forEach(function (key) {
      if (key !== "ok") message[key] = result[key];
    });
    var chosen = result.ok ? args.success : args.fail;
    if (chosen) chosen(message);
    if (args.complete) args.complete(message);
    return message;
  }

  window.wx = {
    config: function (given) {
      ask("config", Object.assign({ url: page() }, given)).then(function (result) {
        var message = tell("config", {}, result);
        (result.ok ? ready : failed).forEach(function (listener) {
          listener(message);
        });
      });
    },
    ready: function (listener) {
      ready.push(listener);
    },
    error: function (listener) {
      failed.push(listener);
    },
    agentConfig: function (given) {
      var plain = Object.assign({ url: page() }, given);
      ask("agent_config", plain).then(function (result) {
        tell("agentConfig", given, result);
      });
    },
    invoke: function (name, args, done) {
      ask("invoke", { api: name, args: args }).then(function (result) {
        var message = tell(name, args || {}, result);
        if (done) done(message);
      });
    },
  };
  window.jWeixin = window.wx;
})();
