using System.Net;
using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Proxy.Admission;

namespace GatewayMesh.Proxy.Tests.Admission;

public sealed class GatewayAdmissionTests
{
    private static readonly IPAddress Greedy = IPAddress.Parse("10.0.0.1");
    private static readonly IPAddress Modest = IPAddress.Parse("10.0.0.2");

    [Test]
    public void A_single_host_may_use_all_permits_but_the_reserve_and_a_new_host_is_admitted()
    {
        var admission = new GatewayAdmission(16);
        Assert.That(Fill(admission, Greedy), Has.Count.EqualTo(14));
        Assert.That(admission.TryEnter(Modest, out _), Is.True);
        Assert.That(admission.TryEnter(Greedy, out _), Is.False);
    }

    [Test]
    public void A_returned_permit_goes_to_the_host_below_its_share()
    {
        var admission = new GatewayAdmission(16);
        var greedy = Fill(admission, Greedy);
        Assert.That(Fill(admission, Modest), Has.Count.EqualTo(2));
        for (var i = 0; i < 3; i++)
        {
            greedy[i].End();
            Assert.That(admission.TryEnter(Greedy, out _), Is.False);
            Assert.That(admission.TryEnter(Modest, out _), Is.True);
        }
    }

    [Test]
    public void A_gateway_with_one_permit_admits_one_request()
    {
        var admission = new GatewayAdmission(1);
        Assert.That(admission.TryEnter(Greedy, out var lease), Is.True);
        Assert.That(admission.TryEnter(Modest, out _), Is.False);
        lease.End();
        Assert.That(admission.TryEnter(Modest, out _), Is.True);
    }

    [Test]
    public void IPv4_and_IPv4_mapped_IPv6_count_as_one_host()
    {
        var admission = new GatewayAdmission(16);
        admission.TryEnter(Greedy, out _);
        admission.TryEnter(Greedy.MapToIPv6(), out _);
        Assert.That(admission.Counts.Hosts, Is.EqualTo(1));
    }

    [Test]
    public void Counts_show_the_reasons_of_refusals_and_departed_hosts_are_forgotten()
    {
        var admission = new GatewayAdmission(8);
        var greedy = Fill(admission, Greedy);
        admission.TryEnter(Modest, out var modest);
        admission.TryEnter(Modest, out _);
        modest.End();
        greedy.ForEach(lease => lease.End());
        Assert.That(admission.Counts, Is.EqualTo(new AdmissionCounts(8, 0, 0, 8, 1, 1)));
    }

    [Test]
    public void Admissions_never_exceed_the_maximum_and_a_host_below_its_share_is_refused_only_when_full() =>
        Prop.ForAll<byte, List<byte>>((max, steps) =>
        {
            var admission = new GatewayAdmission(1 + (max % 40));
            var open = new List<(int Host, AdmissionLease Lease)>();
            return steps.All(step => Step(admission, open, step));
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Concurrent_threads_never_exceed_the_maximum_and_leave_no_permit_taken()
    {
        var admission = new GatewayAdmission(4);
        var inside = 0;
        var most = 0;
        Parallel.For(0, 8, host =>
        {
            for (var i = 0; i < 2000; i++)
            {
                if (admission.TryEnter(new IPAddress([10, 0, 0, (byte)host]), out var lease))
                {
                    var now = Interlocked.Increment(ref inside);
                    InterlockedMax(ref most, now);
                    Interlocked.Decrement(ref inside);
                    lease.End();
                }
            }
        });
        Assert.That(most, Is.InRange(1, 4));
        Assert.That((admission.Counts.InFlight, admission.Counts.Hosts), Is.EqualTo((0, 0)));
    }

    private static bool Step(GatewayAdmission admission, List<(int Host, AdmissionLease Lease)> open, byte step)
    {
        if (step % 4 == 0 && open.Count > 0)
        {
            var leaving = open[step % open.Count];
            open.Remove(leaving);
            leaving.Lease.End();
            return admission.Counts.InFlight == open.Count;
        }

        var host = step / 4 % 6;
        var own = open.Count(one => one.Host == host);
        var hosts = open.Select(one => one.Host).Append(host).Distinct().Count();
        var share = Math.Max(1, admission.Max / (hosts + 1));
        var isFull = open.Count == admission.Max;
        var admitted = admission.TryEnter(new IPAddress([10, 0, 0, (byte)host]), out var lease);
        if (admitted)
        {
            open.Add((host, lease));
        }

        // Below its share a host is refused only when full. At or above its share it never gets the last permit (except the only permit of
        // a gateway with one).
        return open.Count <= admission.Max
            && admission.Counts.InFlight == open.Count
            && (own >= share || admitted == !isFull)
            && (own < share || !admitted || admission.Max == 1 || open.Count < admission.Max);
    }

    private static List<AdmissionLease> Fill(GatewayAdmission admission, IPAddress host)
    {
        var leases = new List<AdmissionLease>();
        while (admission.TryEnter(host, out var lease))
        {
            leases.Add(lease);
        }

        return leases;
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
