// Stand-in for the JS-SDK inside WeChat: titles and the camera, answered by the sandbox.
(function () {
  "use strict";
  var home = "__SANDBOX__/_sim/jweixin/";
  var state = { settled: false, ok: false, ready: [], failed: [] };

  function ask(step, given) {
    return fetch(home + step, {
      method: "POST",
      headers: { "Content-Type": "text/plain" },
      body: JSON.stringify(given),
    }).then(function (answer) {
      return answer.json();
    });
  }

  function tell(message) {
    state.settled = true;
    (state.ok ? state.ready : state.failed).forEach(function (listener) {
      listener(message);
    });
  }

  window.wx = {
    config: function (given) {
      var url = location.href.split("#")[0];
      ask("config", Object.assign({ url: url }, given)).then(function (result) {
        state.ok = result.ok;
        tell({ errMsg: "config:" + (result.ok ? "ok" : "fail " + result.reason) });
      });
    },
    ready: function (listener) {
      if (state.settled && state.ok) listener();
      else state.ready.push(listener);
    },
    error: function (listener) {
      state.failed.push(listener);
    },
    invoke: function (name, args, done) {
      ask("invoke", { api: name, args: args, is_ready: state.ok }).then(function (result) {
        done(result);
      });
    },
    scanQRCode: function (args) {
      ask("invoke", { api: "scanQRCode", args: args, is_ready: state.ok }).then(function (result) {
        if (/:ok$/.test(result.err_msg)) args.success({ resultStr: result.resultStr });
        else if (args.fail) args.fail(result);
      });
    },
  };
})();
