using System.Security.Cryptography;
using GatewayMesh.Client.Failover;
using GatewayMesh.Client.Routes;
using GatewayMesh.Client.Settings;
using GatewayMesh.Client.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GatewayMesh.Client;

/// <summary>
/// Sends requests into the mesh: through the local sidecar, and while that is broken through the gateways. Use it as the primary handler of an
/// <see cref="HttpClient"/> and keep it: it holds connections and what it knows of the sidecar. The host of a request names the service
/// (<c>http://payments/charges</c>). Redirects are not followed and cookies are not kept.
/// </summary>
public sealed class GatewayMeshHandler : HttpMessageHandler
{
    // One budget for the process, whatever number of handlers it has.
    private static readonly FailoverBudget ProcessBudget = new(TimeProvider.System);
    private readonly TargetTable _routes;
    private readonly FailoverLoop _loop;

    /// <summary>A handler with these options.</summary>
    /// <param name="options">Read once, here.</param>
    /// <param name="loggerFactory">Where failovers are logged; null for nowhere.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">With every error of the options.</exception>
    public GatewayMeshHandler(GatewayMeshOptions? options = null, ILoggerFactory? loggerFactory = null)
        : this(SettingsReader.Read(options ?? new GatewayMeshOptions()), loggerFactory, TimeProvider.System, ProcessBudget, Jitter)
    {
    }

    internal GatewayMeshHandler(ClientSettings settings, ILoggerFactory? loggerFactory, TimeProvider time, FailoverBudget budget, Func<double> random)
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
            throw new NotSupportedException($"{request.RequestUri} is no http:// address of a service: the mesh encrypts by itself, between sidecars.");
        }

        return request.Version.Major >= 3
            ? throw new NotSupportedException("HTTP/3 is not spoken within the mesh: use version 1.1, or 2.0 with RequestVersionExact.")
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
