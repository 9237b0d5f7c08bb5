using GatewayMesh.Proxy.Pipeline;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http.Features;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>Kestrel's HTTP/2 requests, handed to <see cref="RequestEntry"/>.</summary>
internal sealed class ServerApplication(RequestEntry entry) : IHttpApplication<ServerExchange>
{
    /// <inheritdoc/>
    public ServerExchange CreateContext(IFeatureCollection contextFeatures)
    {
        if (contextFeatures is IHostContextContainer<ServerExchange> { HostContext: { } reused })
        {
            reused.Http.Initialize(contextFeatures);
            return reused;
        }

        var exchange = new ServerExchange(entry, contextFeatures);
        if (contextFeatures is IHostContextContainer<ServerExchange> container)
        {
            container.HostContext = exchange;
        }

        return exchange;
    }

    /// <inheritdoc/>
    public Task ProcessRequestAsync(ServerExchange context)
    {
        var inbound = context.Http.Features.Get<InboundConnection>()!;
        context.Read();
        return entry.ServeAsync(context.Exchange, inbound).AsTask();
    }

    /// <inheritdoc/>
    public void DisposeContext(ServerExchange context, Exception? exception) => context.Http.Uninitialize();
}
