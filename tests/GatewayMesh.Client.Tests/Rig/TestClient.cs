using GatewayMesh.Client.Failover;
using GatewayMesh.Client.Settings;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Client.Tests.Rig;

/// <summary>
/// An application with the handler. Deadlines are long unless the test is about them, so that a busy machine does not decide a test.
/// </summary>
internal sealed class TestClient : IDisposable
{
    private readonly HttpClient _http;

    public TestClient(
        string? outbound,
        IEnumerable<string>? gateways = null,
        Action<GatewayMeshOptions>? with = null,
        TimeProvider? time = null,
        ILoggerFactory? logs = null,
        Func<HttpMessageHandler, HttpMessageHandler>? around = null)
    {
        var options = new GatewayMeshOptions
        {
            Outbound = outbound,
            Service = "web",
            RunDirectory = "/nowhere",
            Node = "host-a",
            ConnectTimeout = TimeSpan.FromSeconds(5),
            TunnelTimeout = TimeSpan.FromSeconds(5),
            AnswerWait = TimeSpan.FromSeconds(10),
            ProbeTimeout = TimeSpan.FromSeconds(5),
        };
        foreach (var gateway in gateways ?? [])
        {
            options.Gateways.Add(gateway);
        }

        with?.Invoke(options);
        var settings = new SettingsReader(_ => null).ReadOrThrow(options, "");
        time ??= TimeProvider.System;
        Handler = new GatewayMeshHandler(settings, logs, time, Budget = new FailoverBudget(TimeProvider.System), () => 0.5);
        _http = new HttpClient(around?.Invoke(Handler) ?? Handler)
        {
            BaseAddress = new Uri("http://payments"),
            Timeout = TimeSpan.FromSeconds(30),
        };
    }

    public GatewayMeshHandler Handler { get; }

    public FailoverBudget Budget { get; }

    public HttpClient Http => _http;

    public Task<string> GetAsync(string path = "/charges") => _http.GetStringAsync(path);

    public Task<HttpResponseMessage> SendAsync(
        string method, HttpContent? content = null, Action<HttpRequestMessage>? with = null, CancellationToken cancellation = default)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), "/charges") { Content = content };
        with?.Invoke(request);
        return _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
    }

    public void Dispose() => _http.Dispose();
}
