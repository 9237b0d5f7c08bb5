// Calls a service through the mesh and prints the results each second. Outbound address, service and run directory come from the
// environment: see README.md in this folder.
using System.Diagnostics.Metrics;
using System.Globalization;
using GatewayMesh.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

var url = args.Length > 0 ? args[0] : "http://payments/";
var seconds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : int.MaxValue;

var services = new ServiceCollection();
services.AddLogging(
    logging => logging.AddSimpleConsole(line => line.SingleLine = true)
        .AddFilter("System.Net.Http", LogLevel.Warning)
        .AddFilter("GatewayMesh.Client", LogLevel.Warning));
services.AddHttpClient("mesh").AddGatewayMesh();
await using var provider = services.BuildServiceProvider();
using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("mesh");

var failovers = 0L;
using var meter = new MeterListener
{
    InstrumentPublished = (instrument, listener) =>
    {
        if (instrument.Meter.Name == GatewayMeshTelemetry.MeterName && instrument.Name == "gatewaymesh_client_failovers_total")
        {
            listener.EnableMeasurementEvents(instrument);
        }
    },
};
meter.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref failovers, count));
meter.Start();

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

var (answered, failed) = (0, 0);
using var second = new PeriodicTimer(TimeSpan.FromSeconds(1));
for (var passed = 0; passed < seconds && !stop.IsCancellationRequested; passed++)
{
    for (var call = 0; call < 100; call++)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri(url), stop.Token);
            answer.EnsureSuccessStatusCode();
            answered++;
        }
        catch (HttpRequestException failure)
        {
            failed++;
            Console.WriteLine(failure.Message);
        }
        catch (OperationCanceledException)
        {
            break;
        }
    }

    Console.WriteLine($"answered {answered}, failed {failed}, failovers {Interlocked.Read(ref failovers)}");
    try
    {
        await second.WaitForNextTickAsync(stop.Token);
    }
    catch (OperationCanceledException)
    {
    }
}

return failed == 0 ? 0 : 1;
