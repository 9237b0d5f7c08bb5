using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Proxy.Tests.Stores;

/// <summary>Keeps the events of stores.</summary>
internal sealed class StoreLogs : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>Names and texts so far.</summary>
    public string[] Lines => [.. _lines];

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void Dispose()
    {
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Name?.StartsWith("store_", StringComparison.Ordinal) == true)
        {
            _lines.Enqueue($"{eventId.Name} {formatter(state, exception)}");
        }
    }
}
