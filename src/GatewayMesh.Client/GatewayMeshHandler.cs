using System.Security.Cryptography;
using GatewayMesh.Client.Failover;
using GatewayMesh.Client.Routes;
using GatewayMesh.Client.Settings;
using GatewayMesh.Client.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GatewayMesh.Client;

/// <summary>
/// Sends requests into the mesh: through the local sidecar, or through the gateways while the sidecar is down. Use the handler as the
/// primary handler of an <see cref="HttpClient"/> and reuse the instance, which holds connections and the sidecar's state. The host of a
/// request names the service (<c>http://payments/charges</c>). Redirects are not followed and cookies are not stored.
/// </summary>
public sealed class GatewayMeshHandler : HttpMessageHandler
{
    // One budget per process, shared by all handlers.
    private static readonly FailoverBudget ProcessBudget = new(TimeProvider.System);
    private readonly TargetTable _routes;
    private readonly FailoverLoop _loop;

    /// <summary>Creates a handler with these options.</summary>
    /// <param name="options">The options. Read only here.</param>
    /// <param name="loggerFactory">Logs failovers. Null: no logging.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The options are invalid. Contains every error.</exception>
    public GatewayMeshHandler(GatewayMeshOptions? options = null, ILoggerFactory? loggerFactory = null)
        : this(SettingsReader.Read(options ?? new GatewayMeshOptions()), loggerFactory, TimeProvider.System, ProcessBudget, Jitter)
    {
    }

    internal GatewayMeshHandler(
        ClientSettings settings, ILoggerFactory? loggerFactory, TimeProvider time, FailoverBudget budget, Func<double> random)
    {
        var log = new ClientLog((ILogger?)loggerFactory?.CreateLogger(GatewayMeshTelemetry.MeterName) ?? NullLogger.Instance);
        _routes = new TargetTable(settings, time, random, log);
        _loop = new FailoverLoop(settings, _routes, budget, time, log);
        if (settings.Gateways.IsEmpty && settings.GatewaysFile is null)
        {
            log.NoGateways();
        }
    }

    internal TargetTable Routes => _routes;

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.RequestUri is not { IsAbsoluteUri: true } uri || uri.Scheme != Uri.UriSchemeHttp)
        {
            throw new NotSupportedException($"{request.RequestUri} is not an http:// address of a service; "
                + "use http://, because the mesh encrypts between sidecars.");
        }

        return request.Version.Major >= 3
            ? throw new NotSupportedException("HTTP/3 is not supported within the mesh; use version 1.1, or 2.0 with RequestVersionExact.")
            : _loop.SendAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _routes.Dispose();
        }

        base.Dispose(disposing);
    }

    private static double Jitter() => RandomNumberGenerator.GetInt32(1 << 20) / (double)(1 << 20);
}
